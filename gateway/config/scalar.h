// Texts of a file read as what they stand for. Pure; errors say what would be right.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"

namespace sluice::config {

enum class Hex : std::uint8_t { refused, allowed };

/// A whole number from `min` to `max`. No leading zeros (elsewhere 010 is eight), no `+`, no
/// fraction; `0x` only where it is allowed.
Result<std::int64_t> parse_integer(std::string_view text, std::int64_t min, std::int64_t max, Hex hex = Hex::refused);

/// Only `true` and `false`.
Result<bool> parse_bool(std::string_view text);

/// A whole number and its unit: us, ms, s, m, h, d. At most 3,650 days.
Result<Duration> parse_duration(std::string_view text);

/// Bytes: a whole number and its unit, B, KiB, MiB, GiB, TiB, or kB, MB, GB, TB (powers of 1,000).
Result<std::uint64_t> parse_size(std::string_view text);

/// How a serial port is set: `9600-8N1`. Only the speeds that every adapter knows.
Result<void> check_serial(std::string_view text);

/// 1 to 64 letters, digits, `_`, `-` and `.`.
Result<void> check_name(std::string_view text);

/// Points are also named in formulas: no `-` and no `.`.
Result<void> check_point_name(std::string_view text);

/// A name in which `*` stands for any number of characters.
Result<void> check_pattern(std::string_view text);

bool is_pattern(std::string_view text);
bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace sluice::config
