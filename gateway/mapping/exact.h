// Decimal numbers of more digits than any raw value times any scale has. Pure.
#pragma once

#include <optional>

#include "gateway/base/value.h"
#include "gateway/config/decimal.h"

namespace sluice::mapping {

__extension__ typedef __int128 Wide;

/// digits x 10^exponent.
struct Exact {
  Wide digits = 0;
  int exponent = 0;

  static Exact of(const config::Decimal& decimal) { return {decimal.digits, decimal.exponent}; }

  /// The number that a value holds; of a real number its shortest decimal text. Nothing for bools,
  /// texts, and numbers beyond 1e±18.
  static std::optional<Exact> of(const Value& value);
};

/* Nothing when the result does not fit. */
std::optional<Exact> times(const Exact& a, const Exact& b);
std::optional<Exact> plus(const Exact& a, const Exact& b);
std::optional<Exact> minus(const Exact& a, const Exact& b);

/// Negative, zero or positive, as a - b.
int compare(const Exact& a, const Exact& b);

/// a / b when that is a whole number.
std::optional<Wide> whole_quotient(const Exact& a, const Exact& b);

/// As an integer when `number` has no decimals and fits 64 bits; else the nearest double.
Value to_value(const Exact& number);

double to_double(const Exact& number);

}  // namespace sluice::mapping
