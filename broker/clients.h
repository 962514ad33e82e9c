// All network connections of clients: who is there, who still has to log in, and whose time has
// come. On the broker thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "broker/client.h"
#include "broker/log_budget.h"

namespace sluice::broker {

struct ClientLimits {
  std::size_t connections = 10'000;
  std::size_t newcomers = 64;  // that have not logged in
};

class Clients {
 public:
  /// The references outlive it.
  Clients(const ClientLimits& limits, const session::Limits& client_limits, session::Host& host);
  ~Clients();

  /// A client has connected. Beyond the limit of connections it is turned away; beyond that of
  /// newcomers the oldest one is.
  void accept(std::unique_ptr<net::Connection> socket, MonotonicTime now);

  /// Null when that connection is gone.
  session::Connection* find(std::uint64_t number);

  /// Ends connections that were silent for too long. To be called a few times per second.
  void pass_time(MonotonicTime now);

  void close_all(codec::Reason reason, std::string_view why, MonotonicTime now);

  /// Calls `tell` once when the last one has gone; at once when nobody is there.
  void when_all_have_gone(std::function<void()> tell);

 private:
  friend class Client;

  void after_event(Client& client);
  void refused(const Client& client, std::string_view why, MonotonicTime now);
  void reschedule(Client& client);
  void look_for_logins();
  void limit_newcomers(MonotonicTime now);
  void remove(Client& client, std::string_view why, MonotonicTime now);

  const ClientLimits limits_;
  const session::Limits& client_limits_;
  session::Host& host_;
  std::function<void()> all_have_gone_;
  LogBudget log_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Client>> clients_;
  std::set<std::uint64_t> newcomers_;
  std::set<std::pair<MonotonicTime, std::uint64_t>> due_;
};

}  // namespace sluice::broker
