// The parts of the broker put together: which thread runs what, who wakes whom, and in which
// order they begin and end.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/admission.h"
#include "broker/broker.h"
#include "broker/clients.h"
#include "broker/hub.h"
#include "broker/net/listener.h"
#include "broker/net/loop.h"
#include "broker/outbox.h"
#include "broker/store/store.h"
#include "broker/upstream/topic_rules.h"
#include "broker/upstream/upstream.h"
#include "gateway/base/channel.h"
#include "gateway/base/worker.h"

namespace sluice::broker {

class EdgeBroker : public Broker {
 public:
  EdgeBroker(BrokerSettings settings, access::AccessRules rules);
  ~EdgeBroker() override;

  /// The steps of Broker::open that can fail, each once and in this order.
  Result<void> open_store();
  Result<void> read_passwords();
  Result<void> listen();

  void subscribe(std::string filter, std::function<void(const MessagePtr&)> receive) override;
  void start() override;
  bool may_publish(const Origin& sender, std::string_view topic) const override;
  bool publish(Message message) override;
  std::vector<std::uint16_t> ports() const override;
  BrokerFigures figures() const override;
  [[nodiscard]] bool stop(MonotonicTime until) override;

 private:
  Result<std::vector<upstream::SendRules>> compile_rules() const;
  store::Settings store_settings() const;
  void start_upstream(store::StreamId stream);
  bool push(Message message);
  void end_loop(MonotonicTime until);

  // On the broker thread.
  void take_inbox();
  void after_commit();
  void pass_time(MonotonicTime now);
  void count_figures(MonotonicTime now);

  BrokerSettings settings_;
  const HubLimits limits_;
  net::Loop loop_;
  std::unique_ptr<Outbox> outbox_;
  Admission admission_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<Clients> clients_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  Channel<Message> inbox_;  // full: the message is not taken, and counted
  std::atomic<std::uint64_t> refused_ = 0;
  std::atomic<bool> commit_announced_ = false;
  std::unique_ptr<store::Store> store_;  // none without a directory
  std::vector<std::unique_ptr<upstream::Upstream>> upstreams_;
  bool stopped_ = false;
  mutable std::mutex figures_mutex_;
  BrokerFigures figures_;         // of the broker thread, as of its last tick
  std::optional<Worker> thread_;  // from start on
};

}  // namespace sluice::broker
