// Which messages go to the cloud and which come from it, and under which topics. Pure: rules are
// compiled once, when the configuration is read, and then only asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/upstream/topic_template.h"
#include "broker/upstream/upstream.h"
#include "gateway/base/message.h"
#include "gateway/base/result.h"

namespace sluice::upstream {

/// How a message is to be sent upstream.
struct Route {
  std::string topic;
  QoS qos = QoS::at_least_once;
  bool retain = false;

  bool operator==(const Route&) const = default;
};

/// The `send` rules of one upstream.
class SendRules {
 public:
  /// Of `settings` the name, the gateway and the send rules count. The error names the rule.
  static Result<SendRules> compile(const Settings& settings);

  /// The first rule that matches decides. Nothing for a message that no rule matches, that came
  /// from this very upstream, or whose new topic would be no valid one.
  std::optional<Route> route(const Message& message) const;

 private:
  struct Rule {
    SendRule settings;
    TopicTemplate as;
  };

  std::string upstream_;
  std::vector<Rule> rules_;
};

/// The `receive` rules of one upstream.
class ReceiveRules {
 public:
  struct Subscription {
    std::string filter;
    QoS qos = QoS::at_least_once;

    bool operator==(const Subscription&) const = default;
  };

  /// Of `settings` the gateway and the receive rules count. The error names the rule.
  static Result<ReceiveRules> compile(const Settings& settings);

  /// What is to be subscribed to; each filter once.
  const std::vector<Subscription>& subscriptions() const { return subscriptions_; }

  /// The local topic of a message of the cloud. Nothing when no rule matches, when it would be no
  /// valid topic, or when it would begin with $: those are the broker's own.
  std::optional<std::string> local_topic(std::string_view topic) const;

 private:
  struct Rule {
    std::vector<std::string> filters;
    TopicTemplate as;
  };

  std::vector<Subscription> subscriptions_;
  std::vector<Rule> rules_;
};

}  // namespace sluice::upstream
