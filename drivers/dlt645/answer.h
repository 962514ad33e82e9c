// Which frame asks for an item, and what a frame that came is to that question. Pure.
#pragma once

#include <string>

#include "drivers/dlt645/frame.h"
#include "drivers/sdk/driver.hpp"

namespace sluice::dlt645 {

enum class Version : std::uint8_t { v2007, v1997 };

/// The identifier of an item as it travels, the lowest byte first: four bytes, two with 1997.
using Item = Bytes;

struct Question {
  Version version = Version::v2007;
  Address address{};
  Item item;

  bool operator==(const Question&) const = default;
};

Frame request_for(const Question& question);

enum class Kind : std::uint8_t {
  answer,     // of this meter, of this item, and whole
  continued,  // the same, but only the first part
  error,      // the meter refuses; which question it refuses, it does not say
  other,      // of this meter, about something else
  echo,       // the question itself, from an adapter that hears what it sends
  foreign,    // of another meter or another master
};

struct Judged {
  Kind kind = Kind::foreign;
  ByteView content;  // of an answer: the item's bytes, within the frame that was judged
  std::uint8_t error = 0;
};

/// With the address kAnyMeter, each meter's answer is one.
Judged judge(const Question& question, const Frame& frame);

/// The meter's answers, as a twin gives them.
Frame answer_to(const Question& question, const Address& meter, ByteView content);
Frame error_to(const Question& question, const Address& meter, std::uint8_t error);

/// The read that a frame asks for; nothing when it is none.
std::optional<Question> question_in(const Frame& frame);

/// Bits of the error byte.
inline constexpr std::uint8_t kNoSuchItem = 0x02;
inline constexpr std::uint8_t kNotAuthorised = 0x04;

struct ErrorMeaning {
  driver::Code code = driver::Code::device;
  std::string reason;
};

ErrorMeaning meaning_of_error(std::uint8_t error);

}  // namespace sluice::dlt645
