#include "gateway/mapping/translator.h"

#include <utility>

#include "gateway/base/json.h"
#include "gateway/mapping/convert.h"

namespace sluice::mapping {

namespace {

void append_value(std::string& out, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return json::append_quoted(out, *text);
  out += to_text(value);
}

/// {"value":230.2,"unit":"V","quality":"good","time":"2026-11-20T17:00:00.123Z"}
std::string json_payload(const Interpreted& reading, const std::string& unit_member, const std::string& time_members) {
  std::string payload;
  payload.reserve(128);
  payload += "{\"value\":";
  if (reading.reason.empty()) {
    append_value(payload, reading.value);
  } else {
    payload += "null";
  }
  payload += unit_member;
  if (reading.reason.empty()) {
    payload += ",\"quality\":\"good\"";
  } else {
    payload += ",\"quality\":\"bad\",\"reason\":";
    json::append_quoted(payload, reading.reason);
  }
  payload += time_members;
  return payload;
}

std::string unit_member(const std::string& unit) {
  if (unit.empty()) return {};
  std::string member = ",\"unit\":";
  json::append_quoted(member, unit);
  return member;
}

/// The end of each payload, alike for all readings of one exchange.
std::string time_members(const ReadingTime& time) {
  std::string members = ",\"time\":\"" + to_iso8601(time.wall) + "\"";
  if (!is_plausible(time.wall)) members += ",\"clock\":\"unset\"";
  return members + "}";
}

Interpreted interpreted(const Meaning& meaning, const Reading& reading) {
  if (!reading.good()) return {{}, reading.reason};
  if (!has_value(reading.value)) return {{}, "no value"};
  return interpret(meaning, reading.value);
}

}  // namespace

Translator::Translator(const DevicePlan& device, const config::Publication& publication)
    : device_(device.name), form_(publication.payload), qos_(publication.qos), retain_(publication.retain) {
  for (const auto& point : device.points) {
    points_.push_back({point.meaning, point.topic, unit_member(point.meaning.unit), point.traffic_class});
  }
}

void Translator::translate(std::span<const Reading> readings, const ReadingTime& time,
                           std::vector<Message>& out) const {
  const auto time_text = form_ == config::PayloadForm::json ? time_members(time) : std::string{};
  for (const auto& reading : readings) {
    if (reading.point >= points_.size()) continue;  // a driver's slip, which must not stop the others
    const auto& point = points_[reading.point];
    if (point.topic.empty()) continue;  // only written
    out.push_back(message_for(point, reading, time, time_text));
  }
}

Message Translator::message_for(const Point& point, const Reading& reading, const ReadingTime& time,
                                const std::string& time_text) const {
  Message message;
  auto result = interpreted(point.meaning, reading);
  message.topic = point.topic;
  message.qos = qos_;
  message.retain = retain_;
  message.traffic_class = point.traffic_class;
  message.properties.payload_is_utf8 = true;
  message.origin.kind = Origin::Kind::device;
  message.origin.name = device_;
  message.received = time.monotonic;
  if (form_ == config::PayloadForm::json) {
    message.payload = json_payload(result, point.unit_member, time_text);
  } else if (result.reason.empty()) {
    message.payload = to_text(result.value);
  } else {
    message.properties.user.emplace_back("quality", "bad");
    message.properties.user.emplace_back("reason", std::move(result.reason));
  }
  return message;
}

}  // namespace sluice::mapping
