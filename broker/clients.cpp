#include "broker/clients.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace sluice::broker {

Client::Client(Clients& clients, std::unique_ptr<net::Connection> socket, session::Host& host,
               const session::Limits& limits, std::uint64_t number, MonotonicTime now)
    : clients_(clients),
      socket_(std::move(socket)),
      talk_(host, *socket_, limits, {number, socket_->peer().address}, now) {}

void Client::on_bytes(ByteView bytes, MonotonicTime now) {
  talk_.receive(bytes, now);
  clients_.after_event(*this);
}

void Client::on_refused(std::string_view why, MonotonicTime now) { clients_.refused(*this, why, now); }

void Client::on_writable(MonotonicTime now) {
  talk_.writable(now);
  clients_.after_event(*this);
}

void Client::on_closed(std::string_view why, MonotonicTime now) {
  talk_.lost(now);
  clients_.remove(*this, why, now);
}

Clients::Clients(const ClientLimits& limits, const session::Limits& client_limits, session::Host& host)
    : limits_(limits), client_limits_(client_limits), host_(host) {}

// Whoever is still connected is cut off while the host still exists.
Clients::~Clients() {
  for (const auto& [number, client] : clients_) client->talk().lost(monotonic_now());
}

void Clients::accept(std::unique_ptr<net::Connection> socket, MonotonicTime now) {
  if (clients_.size() >= limits_.connections) return;  // destroyed, and closed by that
  const auto number = ++last_number_;
  auto client = std::make_unique<Client>(*this, std::move(socket), host_, client_limits_, number, now);
  auto& there = *clients_.emplace(number, std::move(client)).first->second;
  newcomers_.insert(number);
  reschedule(there);
  limit_newcomers(now);
  there.socket_->start(there);
}

session::Connection* Clients::find(std::uint64_t number) {
  const auto at = clients_.find(number);
  return at == clients_.end() ? nullptr : &at->second->talk();
}

// A password is checked for longer than the event lasts in which it came, and the answer is no event
// of the connection.
void Clients::look_for_logins() {
  const std::vector<std::uint64_t> waiting(newcomers_.begin(), newcomers_.end());
  for (const auto number : waiting) after_event(*clients_.at(number));
}

void Clients::limit_newcomers(MonotonicTime now) {
  if (newcomers_.size() <= limits_.newcomers) return;
  look_for_logins();
  if (newcomers_.size() <= limits_.newcomers) return;
  auto& oldest = *clients_.at(*newcomers_.begin());
  newcomers_.erase(newcomers_.begin());
  oldest.talk().close(codec::Reason::server_busy, "too many connections have not logged in", now);
}

void Clients::after_event(Client& client) {
  const auto& talk = client.talk();
  if (talk.established() || talk.ended()) newcomers_.erase(talk.peer().number);
  if (talk.deadline() < client.due_) reschedule(client);
}

void Clients::refused(const Client& client, std::string_view why, MonotonicTime now) {
  log_.write(log::Level::info, fmt::format("a client at {} {}", client.talk_.peer().address, why), now);
}

// A deadline moves with every packet. Its place among the others is brought up to date when it
// comes, or when the new one is earlier.
void Clients::reschedule(Client& client) {
  const auto number = client.talk().peer().number;
  if (client.due_ != MonotonicTime::max()) due_.erase({client.due_, number});
  client.due_ = client.talk().deadline();
  if (client.due_ != MonotonicTime::max()) due_.emplace(client.due_, number);
}

void Clients::pass_time(MonotonicTime now) {
  look_for_logins();
  while (!due_.empty() && due_.begin()->first <= now) {
    auto& client = *clients_.at(due_.begin()->second);
    client.talk().check_time(now);
    reschedule(client);
  }
}

void Clients::remove(Client& client, std::string_view why, MonotonicTime now) {
  const auto& talk = client.talk();
  const auto number = talk.peer().number;
  if (!talk.cause().empty()) {
    const auto name = talk.client_id().empty() ? std::string_view("a client without a login") : talk.client_id();
    log_.write(log::Level::info,
               fmt::format("{} at {} was disconnected: {} ({})", name, talk.peer().address, talk.cause(), why), now);
  }
  newcomers_.erase(number);
  if (client.due_ != MonotonicTime::max()) due_.erase({client.due_, number});
  clients_.erase(number);
  if (clients_.empty() && all_have_gone_) std::exchange(all_have_gone_, {})();
}

// A connection ends for its client later, so nobody is removed meanwhile.
void Clients::close_all(codec::Reason reason, std::string_view why, MonotonicTime now) {
  for (const auto& [number, client] : clients_) client->talk().close(reason, why, now);
}

void Clients::when_all_have_gone(std::function<void()> tell) {
  if (clients_.empty()) return tell();
  all_have_gone_ = std::move(tell);
}

}  // namespace sluice::broker
