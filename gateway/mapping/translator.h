// Readings become messages. Pure: no clock, no thread, no I/O; topics and the unchanging parts of
// payloads are prepared once.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gateway/base/message.h"
#include "gateway/base/value.h"
#include "gateway/config/site.h"
#include "gateway/mapping/plan.h"

namespace sluice::mapping {

/// Of one device. Owned by the thread of its bus. Keeps no reference to what it was made from.
class Translator {
 public:
  Translator(const DevicePlan& device, const config::Publication& publication);

  /// Appends a message for each reading of one exchange to `out`. `json` names the quality in the
  /// payload. `value` has no room for it: a reading without a value is then an empty payload with
  /// the reason as user property, which also takes the retained value away, so that nobody who
  /// comes later takes the last good one for fresh.
  void translate(std::span<const Reading> readings, const ReadingTime& time, std::vector<Message>& out) const;

 private:
  struct Point {
    Meaning meaning;
    std::string topic;        // empty: never published
    std::string unit_member;  // ,"unit":"V" or nothing
    TrafficClass traffic_class;
  };

  Message message_for(const Point& point, const Reading& reading, const ReadingTime& time,
                      const std::string& time_text) const;

  std::string device_;
  config::PayloadForm form_;
  QoS qos_;
  bool retain_;
  std::vector<Point> points_;
};

}  // namespace sluice::mapping
