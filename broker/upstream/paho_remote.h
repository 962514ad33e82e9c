// The cloud broker behind Paho MQTT C++. The only door to that library.
#pragma once

#include <atomic>
#include <memory>

#include "broker/upstream/forwarder.h"
#include "broker/upstream/remote.h"
#include "broker/upstream/topic_rules.h"
#include "broker/upstream/upstream.h"
#include "gateway/base/channel.h"

namespace sluice::upstream {

/// Messages of the cloud as they came, with the cloud's topics. When it is full they are dropped
/// and counted: Paho's one receive thread serves every upstream and must not wait.
struct Downlink {
  explicit Downlink(std::size_t capacity, std::function<void()> wake) : messages(capacity, std::move(wake)) {}
  Channel<Message> messages;
  std::atomic<std::uint64_t> dropped{0};
};

/// MQTT 5 over TCP. Answers go into `events`, messages into `downlink`, from Paho's threads. While
/// `stop` is true, connecting ends early.
std::unique_ptr<Remote> make_paho_remote(const Settings& settings, ReceiveRules rules, std::shared_ptr<Events> events,
                                         std::shared_ptr<Downlink> downlink, const std::atomic<bool>& stop);

}  // namespace sluice::upstream
