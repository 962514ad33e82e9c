#include "tests/system/reading.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

namespace sluice::testing {
namespace {

using nlohmann::json;

/// Of 2026-11-20T17:00:00.123Z.
std::chrono::system_clock::time_point parse_time(const std::string& text) {
  std::tm calendar{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &calendar);
  if (rest == nullptr || *rest != '.' || !text.ends_with('Z')) {
    ADD_FAILURE() << "no time: " << text;
    return {};
  }
  return std::chrono::system_clock::from_time_t(timegm(&calendar)) + std::chrono::milliseconds(std::atoi(rest + 1));
}

}  // namespace

Reading reading_of(const Received& message) {
  const auto object = json::parse(message.payload, nullptr, false);
  if (!object.is_object() || !object.contains("value") || !object.contains("time")) {
    ADD_FAILURE() << message.topic << " is no reading: " << message.payload;
    return {};
  }
  Reading reading;
  if (object["value"].is_number()) reading.value = object["value"].get<double>();
  reading.unit = object.value("unit", "");
  reading.quality = object.value("quality", "");
  reading.reason = object.value("reason", "");
  reading.time = parse_time(object["time"]);
  return reading;
}

std::string member_of(const std::string& object, const std::string& name) {
  const auto parsed = json::parse(object, nullptr, false);
  if (!parsed.is_object() || !parsed.contains(name)) return "";
  return parsed[name].is_string() ? parsed[name].get<std::string>() : parsed[name].dump();
}

IsWanted good_value(const std::string& topic, double value) {
  return [=](const Received& message) {
    if (message.topic != topic) return false;
    const auto reading = reading_of(message);
    return reading.value == value && reading.quality == "good";
  };
}

IsWanted bad_because(const std::string& topic, const std::string& reason) {
  return [=](const Received& message) {
    if (message.topic != topic) return false;
    const auto reading = reading_of(message);
    return !reading.value && reading.quality == "bad" && reading.reason == reason;
  };
}

}  // namespace sluice::testing
