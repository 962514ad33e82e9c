// What a device said: a typed value, or the reason why there is none.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "gateway/base/clock.h"

namespace sluice {

/// A typed value. Integers stay integers at 64 bits; monostate is the absence of a value.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

inline bool has_value(const Value& value) { return value.index() != 0; }

/// The shortest text that reads back the same; true/false for bools; strings as they are; empty
/// without a value. Independent of the locale. NaN and infinities give an empty text: callers
/// make such values bad before they print them.
std::string to_text(const Value& value);

/// One point of one device, as read. Either `value` holds something, or `reason` says why not
/// (timeout, crc, exception 2, ...); never both, never an old value.
struct Reading {
  std::uint32_t point = 0;  // position in the device's list of points
  Value value;
  std::string reason;

  bool good() const { return reason.empty(); }
};

/// The two clocks at the end of the reply on the wire, from which all readings of one exchange
/// have their time.
struct ReadingTime {
  MonotonicTime monotonic;
  WallTime wall;
};

}  // namespace sluice
