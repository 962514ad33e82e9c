// SUBSCRIBE and UNSUBSCRIBE (sections 3.8 to 3.11).
#include <utility>
#include <vector>

#include "broker/session/connection.h"
#include "gateway/base/topic.h"

namespace sluice::session {

using codec::Reason;
using codec::RetainHandling;

namespace {

struct NewSubscription {
  std::string filter;
  Subscription subscription;
};

bool is_shared(std::string_view filter) { return filter.starts_with("$share/") || filter.starts_with("$queue/"); }

bool wants_retained(RetainHandling handling, bool is_new) {
  return handling == RetainHandling::send || (handling == RetainHandling::send_if_new && is_new);
}

Subscription subscription_of(const codec::SubscribeFilter& filter, std::optional<std::uint32_t> id) {
  return {filter.qos, filter.no_local, filter.retain_as_published, id.value_or(0)};
}

}  // namespace

void Connection::on(const codec::Subscribe& subscribe, MonotonicTime now) {
  codec::Suback suback;
  suback.packet_id = subscribe.packet_id;
  std::vector<NewSubscription> to_fill;
  for (const auto& wanted : subscribe.filters) {
    std::string filter(wanted.filter);
    const bool is_new = !session_->subscriptions.contains(filter);
    const auto subscription = subscription_of(wanted, subscribe.subscription_id);
    suback.reasons.push_back(subscribe_to(filter, subscription));
    if (codec::is_failure(suback.reasons.back()) || !wants_retained(wanted.retain_handling, is_new)) continue;
    to_fill.push_back({std::move(filter), subscription});
  }
  if (!send(suback)) return close(Reason::packet_too_large, "SUBACK would be larger than the client allows", now);
  for (const auto& [filter, subscription] : to_fill) host_.send_retained(*this, filter, subscription, now);
}

Reason Connection::subscribe_to(const std::string& filter, const Subscription& subscription) {
  if (!topic::is_valid_filter(filter) || !topic::is_within_limits(filter)) return Reason::topic_filter_invalid;
  if (is_shared(filter)) return Reason::shared_subscriptions_not_supported;
  const bool is_new = !session_->subscriptions.contains(filter);
  if (is_new && session_->subscriptions.size() >= limits_.subscriptions) return Reason::quota_exceeded;
  const auto reason = host_.subscribe(*this, filter, subscription);
  if (codec::is_failure(reason)) return reason;
  session_->subscriptions.insert_or_assign(filter, subscription);
  return static_cast<Reason>(subscription.qos);
}

void Connection::on(const codec::Unsubscribe& unsubscribe, MonotonicTime now) {
  codec::Unsuback unsuback;
  unsuback.packet_id = unsubscribe.packet_id;
  for (const auto filter : unsubscribe.filters) {
    const auto at = session_->subscriptions.find(filter);
    const bool existed = at != session_->subscriptions.end();
    unsuback.reasons.push_back(existed ? Reason::success : Reason::no_subscription_existed);
    if (!existed) continue;
    host_.unsubscribe(*this, filter);
    session_->subscriptions.erase(at);
  }
  if (!send(unsuback)) close(Reason::packet_too_large, "UNSUBACK would be larger than the client allows", now);
}

}  // namespace sluice::session
