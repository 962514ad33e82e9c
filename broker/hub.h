// The middle of the broker: all sessions, subscriptions and retained messages, and the way of each
// message from whoever published it to whoever gets it. Everything happens on the broker thread;
// there is no socket, clock or lock here, so that whole conversations are tested in virtual time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "broker/gate.h"
#include "broker/outbox.h"
#include "broker/routing/retained.h"
#include "broker/routing/subscriptions.h"
#include "broker/session/connection.h"
#include "broker/session/host.h"
#include "broker/session/limits.h"

namespace sluice::broker {

struct HubLimits {
  session::Limits client;
  routing::RetainedLimits retained;
  std::size_t sessions = 10'000;
};

class Hub : public session::Host {
 public:
  using Receive = std::function<void(const MessagePtr&)>;

  /// The references outlive the hub.
  Hub(const HubLimits& limits, Gate& gate, Outbox& outbox);
  ~Hub() override;

  /// Hands every matching message to `receive`, without retained ones.
  void subscribe_inside(std::string_view filter, Receive receive);

  /// A message that did not come from a client: of a device, an upstream, or the gateway itself.
  /// Answers whether the outbox took it; it is delivered here in any case.
  session::Verdict::Kind publish_inside(const MessagePtr& message, MonotonicTime now);

  /// Outbox::stored has risen.
  void storage_advanced(MonotonicTime now);

  /// To be called a few times per second: sessions end, wills and messages fall due.
  void pass_time(MonotonicTime now);

  std::size_t sessions() const { return by_client_id_.size(); }
  std::size_t connected() const { return connected_; }
  std::size_t subscriptions() const { return subscriptions_.size(); }
  std::size_t retained() const { return retained_.size(); }

  void authenticate(session::Connection& connection, const session::Credentials& credentials,
                    MonotonicTime now) override;
  session::Opened open_session(session::Connection& connection, session::Opening opening, MonotonicTime now) override;
  session::Verdict publish(session::Connection& connection, const MessagePtr& message, session::StreamSet having,
                           MonotonicTime now) override;
  session::Ticket stored() const override { return outbox_.stored(); }
  void settle_when_stored(session::Connection& connection) override { awaiting_storage_.insert(&connection); }
  codec::Reason subscribe(session::Connection& connection, const std::string& filter,
                          const session::Subscription& subscription) override;
  void unsubscribe(session::Connection& connection, std::string_view filter) override;
  void send_retained(session::Connection& connection, std::string_view filter,
                     const session::Subscription& subscription, MonotonicTime now) override;
  void closed(session::Connection& connection, MonotonicTime now) override;
  session::Figures& figures() override { return figures_; }

 private:
  // A session and what only this process knows of it.
  struct Slot : session::Session {
    routing::Receiver receiver = 0;
    session::Connection* connection = nullptr;  // null while the client is away
    MonotonicTime ends_at = MonotonicTime::max();
    MonotonicTime will_at = MonotonicTime::max();
    MonotonicTime due = MonotonicTime::max();  // its place in due_
  };

  static Slot& slot_of(const session::Connection& connection);
  Slot* find(std::string_view client_id);
  Slot* find_to_resume(const session::Opening& opening, MonotonicTime now);
  Slot* make(std::string client_id);
  void remove(Slot& slot);
  std::string new_client_id();

  void schedule(Slot& slot);
  void cancel(Slot& slot);
  void fall_due(Slot& slot, MonotonicTime now);
  void publish_will(Slot& slot, MonotonicTime now);

  Outbox::Taken take(const MessagePtr& message, session::StreamSet having = 0);
  std::size_t route(const MessagePtr& message, const Slot* publisher, MonotonicTime now);
  void spread(const MessagePtr& message, MonotonicTime now);
  void deliver(const session::Delivery& delivery, routing::Receiver receiver, session::PublishForms& forms,
               MonotonicTime now);
  bool has_room_to_retain(const session::Connection& connection, const Message& message) const;
  session::Verdict refuse(codec::Reason reason);

  const HubLimits limits_;
  Gate& gate_;
  Outbox& outbox_;
  session::Figures figures_;
  routing::Subscriptions subscriptions_;
  routing::Retained retained_;

  std::vector<std::unique_ptr<Slot>> slots_;  // by receiver
  std::vector<routing::Receiver> free_slots_;
  std::unordered_map<std::string_view, Slot*> by_client_id_;  // keys are those of the slots
  std::size_t connected_ = 0;
  std::set<std::pair<MonotonicTime, routing::Receiver>> due_;  // sessions without a connection
  std::unordered_set<session::Connection*> awaiting_storage_;
  std::vector<Receive> inside_;  // receivers from kInside upwards
  std::vector<routing::Match> matches_;
  std::mt19937_64 random_;
};

}  // namespace sluice::broker
