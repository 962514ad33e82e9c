#include "gateway/mapping/topics.h"

#include <fmt/format.h>

#include <map>

#include "gateway/base/topic.h"
#include "gateway/config/topic_template.h"

namespace sluice::mapping {

namespace {

using config::Complaints;
using config::Place;

/// Every topic and who publishes to it.
class TopicOwners {
 public:
  explicit TopicOwners(Complaints& complaints) : complaints_(complaints) {}

  void add(const std::string& topic, std::string owner, const Place& place, std::string_view key) {
    if (topic.empty()) return;  // its template was refused
    if (auto fault = config::topic_fault(topic); !fault.empty()) {
      complaints_.add(place, key, fmt::format("the topic `{}` of {} {}", topic, owner, fault));
      return;
    }
    const auto [known, is_new] = owners_.emplace(topic, owner);
    if (is_new) return;
    complaints_.add(
        place, key,
        fmt::format("`{}` is the topic of {} and of {}; a topic has one source", topic, known->second, owner));
  }

  /// Who publishes to `topic`; empty when nobody does.
  std::string_view find(const std::string& topic) const {
    const auto found = owners_.find(topic);
    return found == owners_.end() ? std::string_view{} : std::string_view(found->second);
  }

 private:
  Complaints& complaints_;
  std::map<std::string, std::string> owners_;
};

template <class Visit>
void for_each_point(Plan& plan, Visit visit) {
  for (auto& bus : plan.buses) {
    for (auto& device : bus.devices) {
      for (auto& point : device.points) visit(bus, device, point);
    }
  }
}

std::string point_name(const DevicePlan& device, const PointPlan& point) {
  return fmt::format("{}/{}", device.name, point.name);
}

void set_publications(const config::Site& site, Plan& plan, TopicOwners& owners) {
  for_each_point(plan, [&](const BusPlan& bus, const DevicePlan& device, PointPlan& point) {
    if (!point.meaning.access.read) return;
    point.topic = fill_topic(site.publish.topic, words_of(plan, bus, device, point));
    owners.add(point.topic, "point " + point_name(device, point), device.place, device.path);
  });
}

void set_status(const config::Site& site, Plan& plan, TopicOwners& owners) {
  owners.add(plan.gateway + "/status", "the gateway's status", {}, "");
  for (auto& bus : plan.buses) {
    for (auto& device : bus.devices) {
      device.status_topic = fill_topic(site.status_topic, words_of(plan, bus, device));
      owners.add(device.status_topic, "the status of device " + device.name, device.place, device.path);
    }
  }
}

void check_commands(const config::Site& site, Plan& plan, const TopicOwners& published, Complaints& complaints) {
  TopicOwners commands(complaints);
  std::map<std::string, std::string> results;
  for_each_point(plan, [&](const BusPlan& bus, const DevicePlan& device, const PointPlan& point) {
    const auto words = words_of(plan, bus, device, point);
    const auto topic = fill_topic(site.commands->topic, words);
    const auto owner = "commands to " + point_name(device, point);
    if (const auto source = published.find(topic); !source.empty()) {
      complaints.add(site.commands->place, "commands.topic",
                     fmt::format("`{}` is the topic of {} and of {}; a topic has one use", topic, owner, source));
    } else {
      commands.add(topic, owner, site.commands->place, "commands.topic");
    }
    results.emplace(fill_topic(site.commands->result, words), point_name(device, point));
  });
  for (const auto& [topic, point] : results) {
    const auto source = published.find(topic).empty() ? commands.find(topic) : published.find(topic);
    if (source.empty()) continue;
    complaints.add(
        site.commands->place, "commands.result",
        fmt::format("`{}`, for results of {}, is the topic of {}; a topic has one use", topic, point, source));
  }
}

/// Without the host behind which a wire of its own hangs.
std::string_view name_in_file(const BusPlan& bus) {
  const std::string_view name = bus.name;
  return name.substr(0, name.find('@'));
}

}  // namespace

std::string fill_topic(std::string_view text, const TopicWords& words) {
  const auto topic = config::TopicTemplate::parse(text, config::kPointPlaceholders);
  if (!topic) return {};
  return topic->fill([&](std::string_view name) {
    if (name == "gateway") return words.gateway;
    if (name == "bus") return words.bus;
    if (name == "device") return words.device;
    if (name == "point") return words.point;
    if (name == "label") return words.label;
    return words.address;
  });
}

TopicWords words_of(const Plan& plan, const BusPlan& bus, const DevicePlan& device) {
  return {plan.gateway, name_in_file(bus), device.name, {}, device.label, device.address};
}

TopicWords words_of(const Plan& plan, const BusPlan& bus, const DevicePlan& device, const PointPlan& point) {
  return {plan.gateway, name_in_file(bus), device.name, point.name, point.label, device.address};
}

std::string topic_filter(std::string_view text, std::string_view gateway) {
  constexpr std::string_view kAnything = "\x01";  // stands in no topic that a file can name
  const auto filled = fill_topic(text, {gateway, kAnything, kAnything, kAnything, kAnything, kAnything});
  if (filled.empty()) return {};
  std::string filter;
  for (topic::Levels levels(filled); !levels.done();) {
    const auto level = levels.next();
    if (!filter.empty()) filter += '/';
    filter += level.find(kAnything) == std::string_view::npos ? level : "+";
  }
  return filter;
}

void set_topics(const config::Site& site, Plan& plan, Complaints& complaints) {
  if (plan.gateway.empty()) return;  // one complaint is enough
  TopicOwners owners(complaints);
  set_status(site, plan, owners);
  set_publications(site, plan, owners);
  if (site.commands && !site.commands->topic.empty()) check_commands(site, plan, owners, complaints);
}

}  // namespace sluice::mapping
