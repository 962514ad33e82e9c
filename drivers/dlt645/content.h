// What the bytes of an item mean, there and back. Pure.
#pragma once

#include "drivers/dlt645/frame.h"
#include "drivers/sdk/driver.hpp"

namespace sluice::dlt645 {

enum class Form : std::uint8_t {
  bcd,         // digits, two in a byte
  signed_bcd,  // the same; the top bit is no part of the first digit but a minus
  text,        // ASCII
};

/// How an item looks; its bytes travel the lowest, or last, first.
struct Format {
  Form form = Form::bcd;
  std::size_t digits = 0;  // of a text: its characters

  std::size_t size() const { return form == Form::text ? digits : (digits + 1) / 2; }
  bool operator==(const Format&) const = default;
};

/// More would not fit into 64 bits, whatever the digits.
inline constexpr std::size_t kMostDigits = 18;
inline constexpr std::size_t kLongestText = 196;

/// Without a value, the reason says what is wrong with the bytes. `point` is left to the caller.
driver::PointValue decode(const Format& format, ByteView content);

/// Refuses what does not fit.
driver::Result<Bytes> encode(const Format& format, const driver::Value& value);

}  // namespace sluice::dlt645
