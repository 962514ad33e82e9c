// A message in the payload form `json`, as a test wants to look at it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "tests/support/subscriber.h"

namespace sluice::testing {

struct Reading {
  std::optional<double> value;
  std::string unit;
  std::string quality;
  std::string reason;
  std::chrono::system_clock::time_point time;  // to the millisecond, rounded down
};

/// A failure of the test, and an empty reading, when this is no such message.
Reading reading_of(const Received& message);

/// The text of one member of a JSON object (`status` of a result message); empty when there is none.
std::string member_of(const std::string& object, const std::string& name);

/// A message on this topic with this value, of good quality.
IsWanted good_value(const std::string& topic, double value);

/// A message on this topic without a value, for this reason.
IsWanted bad_because(const std::string& topic, const std::string& reason);

}  // namespace sluice::testing
