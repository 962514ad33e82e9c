#include "broker/upstream/forwarder.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "broker/upstream/stamp.h"
#include "gateway/base/log.h"

namespace sluice::upstream {

namespace {

// A client library has time-outs of its own; this is for when they fail.
constexpr std::chrono::seconds kConnectWithin{30};

constexpr std::size_t kSliceBytes = 1u << 20;

constexpr std::uint8_t kFirstRefusal = 0x80;

}  // namespace

Forwarder::Forwarder(const Settings& settings, Remote& remote, store::Store& store, store::StreamId stream,
                     std::shared_ptr<Events> events, std::function<double()> chance)
    : settings_(settings),
      log_part_("upstream " + settings.name),
      remote_(remote),
      store_(store),
      stream_(stream),
      events_(std::move(events)),
      chance_(std::move(chance)),
      reconnect_backoff_(settings.backoff_first, settings.backoff_most),
      window_(settings.window),
      send_limit_(settings.window),
      fetched_up_to_(store.delivered_up_to(stream)),
      refusal_backoff_(settings.backoff_first, settings.backoff_most) {
  status_.state = LinkState::waiting;
}

void Forwarder::connect(Now now) {
  set_state(LinkState::connecting, now);
  give_up_connecting_at_ = now.monotonic + kConnectWithin;
  remote_.connect(++connection_);
}

void Forwarder::handle(const Connected& event, Now now) {
  if (event.connection != connection_ || status_.state != LinkState::connecting) return;
  set_state(LinkState::connected, now);
  ++status_.connects;
  send_limit_ = std::clamp<std::size_t>(event.receive_maximum, 1, settings_.window);
  last_progress_ = now.monotonic;
  if (outage_logged_) {
    const auto lasted = std::chrono::floor<std::chrono::seconds>(now.monotonic - outage_since_);
    log::info(log_part_, "connected again after {} s", lasted.count());
  } else {
    log::info(log_part_, "connected");
  }
  outage_logged_ = false;
  if (const auto subscribed = remote_.subscribe(); !subscribed) return lose(subscribed.error().text, now);
  pump(now);
}

void Forwarder::handle(const Disconnected& event, Now now) {
  if (event.connection != connection_ || status_.state == LinkState::waiting) return;
  lose(event.cause, now);
}

void Forwarder::handle(const Acknowledged& event, Now now) {
  if (!is_connected()) return;
  if (event.token == heartbeat_) {
    heartbeat_ = 0;
  } else if (event.reason >= kFirstRefusal) {
    return on_refused(event, now);
  } else if (window_.acknowledge(event.token)) {
    ++status_.acknowledged;
  } else {
    return;
  }
  last_progress_ = now.monotonic;
  reconnect_backoff_.reset();
  if (const auto released = window_.release()) {
    refusal_backoff_.reset();
    store_.delivered(stream_, *released);
  }
}

void Forwarder::on_refused(const Acknowledged& event, Now now) {
  const auto sequence = window_.refuse(event.token);
  if (!sequence) return;
  ++status_.refused;
  last_progress_ = now.monotonic;
  draining_ = true;
  log_refusal(*sequence, event.reason);
}

void Forwarder::log_refusal(std::uint64_t sequence, std::uint8_t reason) {
  if (sequence == refusal_logged_) return;
  refusal_logged_ = sequence;
  log::warning(log_part_, "message {} was refused with reason 0x{:02x}; it is kept and sent again", sequence, reason);
}

void Forwarder::handle(Fetched event, Now) {
  fetching_ = false;
  for (auto& stored : event.messages) {
    fetched_up_to_ = stored.sequence;
    more_ = true;
    window_.add(std::move(stored));
  }
}

void Forwarder::handle(const Woken&, Now) { more_ = true; }

void Forwarder::tick(Now now) {
  switch (status_.state) {
    case LinkState::waiting:
      if (now.monotonic >= connect_at_) connect(now);
      return;
    case LinkState::connecting:
      if (now.monotonic >= give_up_connecting_at_) lose("the broker did not answer", now);
      return;
    case LinkState::connected: break;
  }
  if (awaits_answer() && now.monotonic >= last_progress_ + settings_.acknowledge_within) {
    return lose(fmt::format("nothing was acknowledged for {} s", settings_.acknowledge_within.count()), now);
  }
  pump(now);
  if (is_connected() && !awaits_answer() && now.monotonic >= last_progress_ + settings_.heartbeat) send_heartbeat(now);
}

MonotonicTime Forwarder::next_tick() const {
  switch (status_.state) {
    case LinkState::waiting: return connect_at_;
    case LinkState::connecting: return give_up_connecting_at_;
    case LinkState::connected: break;
  }
  auto next =
      last_progress_ + (awaits_answer() ? Duration(settings_.acknowledge_within) : Duration(settings_.heartbeat));
  if (resume_at_ > MonotonicTime::min()) next = std::min(next, resume_at_);
  return next;
}

void Forwarder::pump(Now now) {
  if (!is_connected()) return;
  if (draining_) end_drain(now);
  if (draining_ || now.monotonic < resume_at_) return;
  resume_at_ = MonotonicTime::min();
  send(now);
  if (is_connected()) refill();
}

// What follows a refused message must not overtake it for good, so all of it is sent again.
void Forwarder::end_drain(Now now) {
  if (window_.in_flight() > 0) return;
  draining_ = false;
  window_.rewind();
  resume_at_ = now.monotonic + refusal_backoff_.next(chance_());
}

void Forwarder::send(Now now) {
  while (window_.in_flight() < send_limit_) {
    const auto* next = window_.next_unsent();
    if (next == nullptr) return;
    if (!awaits_answer()) last_progress_ = now.monotonic;
    const auto token = ++last_token_;
    const auto sent = remote_.publish(token, stamp(*next, settings_.gateway, settings_.name, now.wall));
    if (!sent) return lose(sent.error().text, now);
    window_.mark_sent(token);
    ++status_.sent;
  }
}

// The store is asked for a piece, not for each single message that was released. What is asked for
// fits into the window: memory and repetitions after a crash are bounded by it.
void Forwarder::refill() {
  if (fetching_ || !more_ || window_.room() < (window_.size() + 3) / 4) return;
  fetching_ = true;
  more_ = false;
  store_.fetch(stream_, fetched_up_to_, window_.room(), kSliceBytes,
               [events = events_](std::vector<store::StoredMessage> found) {
                 const bool taken = events->push(Fetched{std::move(found)});
                 assert(taken || events->closed());
               });
}

void Forwarder::send_heartbeat(Now now) {
  heartbeat_ = ++last_token_;
  last_progress_ = now.monotonic;
  if (const auto sent = remote_.heartbeat(heartbeat_); !sent) lose(sent.error().text, now);
}

void Forwarder::lose(const std::string& cause, Now now) {
  remote_.abandon();
  window_.rewind();
  heartbeat_ = 0;
  draining_ = false;
  resume_at_ = MonotonicTime::min();
  set_state(LinkState::waiting, now);
  status_.cause = cause;
  connect_at_ = now.monotonic + reconnect_backoff_.next(chance_());
  if (outage_logged_) return;
  outage_logged_ = true;
  outage_since_ = now.monotonic;
  log::warning(log_part_, "not connected: {}; trying again until it works", cause);
}

// Attempts in between do not make an outage a younger one.
void Forwarder::set_state(LinkState state, Now now) {
  const bool changes = is_connected() != (state == LinkState::connected);
  if (changes || status_.since == WallTime{}) status_.since = now.wall;
  status_.state = state;
}

void Forwarder::stop() { remote_.disconnect(); }

}  // namespace sluice::upstream
