#include "broker/upstream/topic_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/base/topic.h"
#include "gateway/base/utf8.h"

namespace sluice::upstream {

namespace {

Error in_rule(const char* list, std::size_t position, std::string_view complaint) {
  return Error{fmt::format("{}, rule {}: {}", list, position + 1, complaint), ErrorKind::invalid};
}

/// The complaint about the first filter that is none; empty when all are good.
std::string complaint_about(const std::vector<std::string>& filters) {
  for (const auto& filter : filters) {
    if (!topic::is_valid_filter(filter) || !is_valid_utf8(filter) || !topic::is_within_limits(filter)) {
      return fmt::format("\"{}\" is no topic filter", filter);
    }
    if (filter.starts_with("$share/")) return fmt::format("\"{}\" is a shared subscription", filter);
  }
  return {};
}

std::string complaint_about(const SendRule& rule) {
  if (rule.topics.empty()) return "it has no topics";
  if (rule.qos == QoS::at_most_once && !rule.unconfirmed) return "qos 0 loses messages and needs unconfirmed: true";
  auto complaint = complaint_about(rule.topics);
  return complaint.empty() ? complaint_about(rule.except) : complaint;
}

std::string complaint_about(const ReceiveRule& rule) {
  if (rule.topics.empty()) return "it has no topics";
  return complaint_about(rule.topics);
}

const std::string* find_match(const std::vector<std::string>& filters, std::string_view name) {
  const auto found =
      std::find_if(filters.begin(), filters.end(), [&](const auto& filter) { return topic::matches(filter, name); });
  return found == filters.end() ? nullptr : &*found;
}

bool can_be_published(std::string_view name) { return topic::is_valid_name(name) && topic::is_within_limits(name); }

QoS effective_qos(const SendRule& rule, QoS own) {
  if (rule.qos) return *rule.qos;
  return rule.unconfirmed ? own : std::max(own, QoS::at_least_once);
}

}  // namespace

Result<SendRules> SendRules::compile(const Settings& settings) {
  SendRules rules;
  rules.upstream_ = settings.name;
  for (std::size_t n = 0; n < settings.send.size(); ++n) {
    const auto& rule = settings.send[n];
    if (const auto complaint = complaint_about(rule); !complaint.empty()) return in_rule("send", n, complaint);
    auto as = TopicTemplate::compile(rule.as, rule.topics, settings.gateway);
    if (!as) return in_rule("send", n, as.error().text);
    rules.rules_.push_back({rule, std::move(*as)});
  }
  return rules;
}

std::optional<Route> SendRules::route(const Message& message) const {
  const auto& origin = message.origin;
  if (origin.kind == Origin::Kind::upstream && origin.name == upstream_) return std::nullopt;
  for (const auto& rule : rules_) {
    const auto* filter = find_match(rule.settings.topics, message.topic);
    if (filter == nullptr || find_match(rule.settings.except, message.topic) != nullptr) continue;
    Route route{rule.as.fill(*filter, message.topic), effective_qos(rule.settings, message.qos),
                rule.settings.retain.value_or(message.retain)};
    if (!can_be_published(route.topic)) return std::nullopt;
    return route;
  }
  return std::nullopt;
}

Result<ReceiveRules> ReceiveRules::compile(const Settings& settings) {
  ReceiveRules rules;
  for (std::size_t n = 0; n < settings.receive.size(); ++n) {
    const auto& rule = settings.receive[n];
    if (const auto complaint = complaint_about(rule); !complaint.empty()) return in_rule("receive", n, complaint);
    auto as = TopicTemplate::compile(rule.as, rule.topics, settings.gateway);
    if (!as) return in_rule("receive", n, as.error().text);
    rules.rules_.push_back({rule.topics, std::move(*as)});
    for (const auto& filter : rule.topics) {
      const bool known = std::any_of(rules.subscriptions_.begin(), rules.subscriptions_.end(),
                                     [&](const auto& subscription) { return subscription.filter == filter; });
      if (!known) rules.subscriptions_.push_back({filter, rule.qos});
    }
  }
  return rules;
}

std::optional<std::string> ReceiveRules::local_topic(std::string_view name) const {
  for (const auto& rule : rules_) {
    const auto* filter = find_match(rule.filters, name);
    if (filter == nullptr) continue;
    auto local = rule.as.fill(*filter, name);
    if (!can_be_published(local) || local.starts_with('$')) return std::nullopt;
    return local;
  }
  return std::nullopt;
}

}  // namespace sluice::upstream
