// Registers to typed values and back. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "drivers/registers/format.h"
#include "drivers/sdk/driver.hpp"

namespace sluice::registers {

/// `words` are the format's `length` registers as they came. Never fails for numbers (a float
/// may be NaN or infinite); a string that is not UTF-8 is refused, with the short reason that a
/// reading carries. Strings end at the first zero byte, trailing spaces are padding.
driver::Result<driver::Value> decode(const Format& format, std::span<const std::uint16_t> words);

/// The registers to write, or why the value does not fit: nothing is rounded, clipped or wrapped,
/// except that a real number takes the nearest float32. A part of a register (a bit, a bit field)
/// cannot be encoded alone.
driver::Result<std::vector<std::uint16_t>> encode(const Format& format, const driver::Value& value);

/// Puts a bit, a bit field or a whole value into registers that hold something already: for devices,
/// which own theirs, not for masters, which would overwrite what changed meanwhile.
driver::Result<std::vector<std::uint16_t>> encode_into(const Format& format, const driver::Value& value,
                                                       std::span<const std::uint16_t> held);

/// A yes or no for a coil or a bit: a bool, or a number that is 0 or 1.
driver::Result<bool> as_bool(const driver::Value& value);

}  // namespace sluice::registers
