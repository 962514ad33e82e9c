#include "broker/streams.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "gateway/base/topic.h"

namespace sluice::broker {

using session::Verdict;

namespace {

// The message as it is sent upstream. Mostly it is the very same one.
MessagePtr rewritten(const MessagePtr& message, upstream::Route route) {
  if (route.topic == message->topic && route.qos == message->qos && route.retain == message->retain) return message;
  auto copy = std::make_shared<Message>(*message);
  copy->topic = std::move(route.topic);
  copy->qos = route.qos;
  copy->retain = route.retain;
  return copy;
}

}  // namespace

Streams::Streams(store::Store& store, std::vector<upstream::SendRules> rules, std::vector<std::string> never)
    : store_(store), rules_(std::move(rules)), never_(std::move(never)) {
  assert(rules_.size() <= 64);
}

Outbox::Taken Streams::take(const MessagePtr& message, store::Urgency urgency, session::StreamSet having) {
  Taken taken;
  taken.streams = having;
  if (stays_here(*message)) return taken;
  for (store::StreamId stream = 0; stream < rules_.size(); ++stream) {
    const auto bit = session::StreamSet{1} << stream;
    if (having & bit) continue;
    auto route = rules_[stream].route(*message);
    if (!route) continue;
    store::Ticket ticket = 0;
    if (store_.append(stream, rewritten(message, std::move(*route)), urgency, ticket) == store::Append::accepted) {
      taken.ticket = std::max(taken.ticket, ticket);
      taken.streams |= bit;
    } else {
      taken.kind = Verdict::Kind::later;
    }
  }
  return taken;
}

// `$` topics are the broker's own.
bool Streams::stays_here(const Message& message) const {
  return message.topic.starts_with('$') || std::any_of(never_.begin(), never_.end(), [&](const std::string& filter) {
           return topic::matches(filter, message.topic);
         });
}

}  // namespace sluice::broker
