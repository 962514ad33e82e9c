#include "broker/edge_broker.h"

#include <algorithm>
#include <future>
#include <utility>

#include "broker/access/password_file.h"
#include "broker/streams.h"
#include "gateway/base/log.h"
#include "gateway/base/topic.h"

namespace sluice::broker {

namespace {

// Enough for every point of a large site at once.
constexpr std::size_t kInbox = 32'768;
constexpr std::chrono::milliseconds kTick{250};
// How long clients have to take their DISCONNECT and to close.
constexpr std::chrono::milliseconds kGoodbye{500};

bool may_be_published(const Message& message) {
  return topic::is_valid_name(message.topic) && topic::is_within_limits(message.topic);
}

}  // namespace

EdgeBroker::EdgeBroker(BrokerSettings settings, access::AccessRules rules)
    : settings_(std::move(settings)),
      admission_(settings_.anonymous, std::move(rules),
                 [this](std::uint64_t number) { return clients_->find(number); }),
      inbox_(kInbox, [this] { loop_.post([this] { take_inbox(); }); }) {}

EdgeBroker::~EdgeBroker() {
  if (!stop(monotonic_now() + std::chrono::seconds(5))) log::warning("broker", "did not end in time");
}

Result<void> EdgeBroker::open_store() {
  auto rules = compile_rules();
  if (!rules) return rules.error();
  if (!settings_.directory.empty()) {
    auto store = store::Store::open(store_settings(), [this] {
      if (!commit_announced_.exchange(true)) loop_.post([this] { after_commit(); });
    });
    if (!store) return store.error();
    store_ = std::move(*store);
    outbox_ = std::make_unique<Streams>(*store_, std::move(*rules), settings_.never_upstream);
  } else if (!settings_.upstreams.empty()) {
    return Error{"an upstream needs a directory for what it has not delivered yet", ErrorKind::invalid};
  }
  if (!outbox_) outbox_ = std::make_unique<NoOutbox>();
  hub_ = std::make_unique<Hub>(limits_, admission_, *outbox_);
  clients_ = std::make_unique<Clients>(ClientLimits{}, limits_.client, *hub_);
  return {};
}

Result<std::vector<upstream::SendRules>> EdgeBroker::compile_rules() const {
  std::vector<upstream::SendRules> all;
  for (const auto& each : settings_.upstreams) {
    auto rules = upstream::SendRules::compile(each);
    if (!rules) return rules.error();
    all.push_back(std::move(*rules));
  }
  return all;
}

store::Settings EdgeBroker::store_settings() const {
  store::Settings settings;
  settings.directory = settings_.directory;
  for (const auto& each : settings_.upstreams) settings.streams.push_back(each.name);
  return settings;
}

Result<void> EdgeBroker::read_passwords() {
  if (settings_.passwords.empty()) return {};
  auto passwords = access::PasswordFile::read(settings_.passwords);
  if (!passwords) return passwords.error();
  for (const auto& complaint : passwords->complaints()) log::warning("broker", "{}", complaint);
  admission_.check_passwords_with(std::make_unique<access::Gatekeeper>(
      std::move(*passwords), [this](std::function<void()> answer) { loop_.post(std::move(answer)); }));
  return {};
}

Result<void> EdgeBroker::listen() {
  for (const auto& address : settings_.listen) {
    auto listener = net::Listener::open(loop_, address.host, address.port, address.transport);
    if (!listener) return listener.error();
    listeners_.push_back(std::move(*listener));
  }
  return {};
}

std::vector<std::uint16_t> EdgeBroker::ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& listener : listeners_) ports.push_back(listener->port());
  return ports;
}

void EdgeBroker::subscribe(std::string filter, std::function<void(const MessagePtr&)> receive) {
  hub_->subscribe_inside(filter, std::move(receive));
}

void EdgeBroker::start() {
  for (store::StreamId stream = 0; stream < settings_.upstreams.size(); ++stream) start_upstream(stream);
  for (const auto& listener : listeners_) {
    listener->start(
        [this](std::unique_ptr<net::Connection> socket) { clients_->accept(std::move(socket), monotonic_now()); });
  }
  loop_.every(kTick, [this](MonotonicTime now) { pass_time(now); });
  thread_.emplace("broker", [this] { loop_.run(); });
}

void EdgeBroker::start_upstream(store::StreamId stream) {
  auto settings = settings_.upstreams[stream];
  if (settings.gateway.empty()) settings.gateway = settings_.gateway;
  const auto name = settings.name;
  upstreams_.push_back(upstream::Upstream::start(std::move(settings), *store_, stream, [this, name](Message message) {
    message.origin = {Origin::Kind::upstream, name, {}};
    push(std::move(message));
  }));
}

bool EdgeBroker::may_publish(const Origin& sender, std::string_view topic) const {
  return admission_.may_publish(sender, topic);
}

bool EdgeBroker::publish(Message message) { return push(std::move(message)); }

bool EdgeBroker::push(Message message) {
  message.received = monotonic_now();
  if (may_be_published(message) && inbox_.push(std::move(message))) return true;
  ++refused_;
  return false;
}

void EdgeBroker::take_inbox() {
  const auto now = monotonic_now();
  for (auto& message : inbox_.drain()) hub_->publish_inside(std::make_shared<const Message>(std::move(message)), now);
}

void EdgeBroker::after_commit() {
  commit_announced_ = false;
  hub_->storage_advanced(monotonic_now());
  for (const auto& each : upstreams_) each->wake();
}

void EdgeBroker::pass_time(MonotonicTime now) {
  hub_->pass_time(now);
  clients_->pass_time(now);
  count_figures(now);
}

void EdgeBroker::count_figures(MonotonicTime now) {
  const auto& seen = hub_->figures();
  const std::lock_guard lock(figures_mutex_);
  figures_.pulse = now;
  figures_.clients = hub_->connected();
  figures_.sessions = hub_->sessions();
  figures_.subscriptions = hub_->subscriptions();
  figures_.retained = hub_->retained();
  figures_.received = seen.received;
  figures_.sent = seen.sent;
  figures_.dropped = seen.dropped;
}

BrokerFigures EdgeBroker::figures() const {
  BrokerFigures figures;
  {
    const std::lock_guard lock(figures_mutex_);
    figures = figures_;
  }
  figures.refused = refused_;
  if (store_) figures.storage_trouble = store_->trouble();
  for (store::StreamId stream = 0; stream < upstreams_.size(); ++stream) {
    figures.upstreams.push_back(
        {settings_.upstreams[stream].name, upstreams_[stream]->status(), store_->figures(stream)});
  }
  return figures;
}

// What was accepted is stored before the upstreams and the store end: the upstreams first, so that
// what they have delivered is known to the store.
bool EdgeBroker::stop(MonotonicTime until) {
  if (std::exchange(stopped_, true)) return true;
  if (thread_) end_loop(until);
  if (thread_ && !thread_->join_until(until)) return false;
  clients_.reset();
  bool in_time = true;
  for (const auto& each : upstreams_) in_time = each->stop(until) && in_time;
  if (store_) in_time = store_->stop(until) && in_time;
  return in_time;
}

void EdgeBroker::end_loop(MonotonicTime until) {
  const auto gone = std::make_shared<std::promise<void>>();
  loop_.post([this, gone] {
    listeners_.clear();
    take_inbox();
    admission_.check_no_more_passwords();
    clients_->close_all(codec::Reason::server_shutting_down, "the broker stops", monotonic_now());
    clients_->when_all_have_gone([gone] { gone->set_value(); });
  });
  gone->get_future().wait_until(std::min(until, monotonic_now() + kGoodbye));
  loop_.stop();
}

}  // namespace sluice::broker
