// Decimal numbers as they are written: 0.1 is one tenth, not the nearest binary fraction of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::config {

/// digits x 10^exponent, in lowest terms: no trailing zero in `digits` unless it is 0.
struct Decimal {
  std::int64_t digits = 0;
  int exponent = 0;

  double to_double() const;
  bool operator==(const Decimal&) const = default;
};

/// `-0.05`, `1000`, `1e-3`. At most 18 significant digits and a magnitude from 1e-18 to below
/// 1e19, or zero. No leading zeros, no `+`, no NaN or infinity. Independent of the locale.
std::optional<Decimal> parse_decimal(std::string_view text);

}  // namespace sluice::config
