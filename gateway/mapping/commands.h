// Messages become writes, and what became of a write becomes one result message. Pure but for the
// ids it remembers, so that one is executed once.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/message.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/config/site.h"
#include "gateway/mapping/plan.h"

namespace sluice::mapping {

/// How to answer a command.
struct ReplyAddress {
  std::string topic;
  std::optional<std::string> correlation_data;
  std::string id;  // as JSON: a quoted text or a number; empty: none was given
  std::string by;  // user, `anonymous` or `upstream:NAME`
};

/// A write that passed every check.
struct Command {
  std::uint32_t bus = 0;  // positions in the plan
  std::uint32_t device = 0;
  std::uint32_t point = 0;
  Value raw;    // for the driver
  Value value;  // as it was asked for
  ReplyAddress reply;
  TrafficClass traffic_class = TrafficClass::normal;
  MonotonicTime not_after = MonotonicTime::max();  // when it has waited too long, or expires
};

enum class CommandStatus : std::uint8_t { done, refused, unknown };

/// Where the answer to a command goes: always to the point's own topic for results, or to the
/// sender's response topic where it names a usable one.
enum class AnswerAt : std::uint8_t { result_topic, response_topic };

class Commands {
 public:
  /// Keeps a copy of what it needs. Must not be made for a site without `commands`.
  Commands(const Plan& plan, const config::CommandRules& rules);

  /// What to subscribe to; together they match every command topic and nothing else that the plan
  /// publishes.
  const std::vector<std::string>& filters() const { return filters_; }

  /// A command to execute, or the message that says why not. Nothing when the message needs no
  /// answer: it is not on the topic of any point (the filter is wider than the points).
  /// `answer_at` says whether the sender may choose where the answer goes.
  std::optional<std::variant<Command, Message>> receive(const Message& message, AnswerAt answer_at, MonotonicTime now,
                                                        WallTime wall);

  /// The one result of a command; `reason` is empty when it is done.
  static Message result(const Command& command, CommandStatus status, std::string_view reason, WallTime wall);

 private:
  struct Target {
    std::uint32_t bus;
    std::uint32_t device;
    std::uint32_t point;
    std::string result_topic;
    TrafficClass traffic_class;
    Meaning meaning;
  };

  ReplyAddress reply_address(const Message& message, const Target& target, AnswerAt answer_at) const;

  /// Fills `command` as far as the message is understood; the error is the reason of the refusal.
  Result<void> check(const Message& message, const Target& target, MonotonicTime now, Command& command);

  bool may_command(const Origin& origin) const;
  MonotonicTime not_after(const Message& message, MonotonicTime now) const;
  bool is_repeated(const std::string& topic, const std::string& id);

  std::vector<std::string> filters_;
  std::unordered_map<std::string, Target> targets_;  // by command topic
  std::vector<std::string> from_;
  Duration wait_;
  std::deque<std::string> recent_ids_;  // topic and id, oldest first, bounded
};

}  // namespace sluice::mapping
