// The topics of a plan: from templates, and no two sources of one. Pure.
#pragma once

#include <string>

#include "gateway/config/complaint.h"
#include "gateway/config/site.h"
#include "gateway/mapping/plan.h"

namespace sluice::mapping {

/// What placeholders stand for.
struct TopicWords {
  std::string_view gateway;
  std::string_view bus;
  std::string_view device;
  std::string_view point;
  std::string_view label;
  std::string_view address;
};

/// `text` is a template that was checked when it was read; empty when it was refused then.
std::string fill_topic(std::string_view text, const TopicWords& words);

TopicWords words_of(const Plan& plan, const BusPlan& bus, const DevicePlan& device);
TopicWords words_of(const Plan& plan, const BusPlan& bus, const DevicePlan& device, const PointPlan& point);

/// A filter that matches the topics of `text` for every device and point.
std::string topic_filter(std::string_view text, std::string_view gateway);

/// Sets every topic of the plan and complains about topics that are no topics, two sources of one,
/// and commands that would be taken for readings.
void set_topics(const config::Site& site, Plan& plan, config::Complaints& complaints);

}  // namespace sluice::mapping
