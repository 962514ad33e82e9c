// What an upstream does and when: connects, fills the window from the store, sends, releases what
// was acknowledged, sends again what was not. Holds no thread and asks no clock; everything comes
// as an event or as an argument. Belongs to the upstream's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "broker/store/store.h"
#include "broker/upstream/backoff.h"
#include "broker/upstream/remote.h"
#include "broker/upstream/upstream.h"
#include "broker/upstream/window.h"
#include "gateway/base/channel.h"
#include "gateway/base/clock.h"

namespace sluice::upstream {

using Events = Channel<Event>;

/// How many events can be on their way at once: an answer for each message in the window, of this
/// connection and of the one before, and a few of every other kind.
inline std::size_t events_capacity(std::size_t window) { return 4 * window + 64; }

struct Now {
  MonotonicTime monotonic;
  WallTime wall;
};

class Forwarder {
 public:
  /// `remote` and `store` outlive it; answers of the store go into `events`. `chance` gives a
  /// number from 0 to below 1.
  Forwarder(const Settings& settings, Remote& remote, store::Store& store, store::StreamId stream,
            std::shared_ptr<Events> events, std::function<double()> chance);

  void handle(const Connected& event, Now now);
  void handle(const Disconnected& event, Now now);
  void handle(const Acknowledged& event, Now now);
  void handle(Fetched event, Now now);
  void handle(const Woken& event, Now now);

  /// Does what has become due. To be called after each batch of events and at next_tick().
  void tick(Now now);
  MonotonicTime next_tick() const;

  /// Says goodbye; nothing is to be handled afterwards.
  void stop();

  const Status& status() const { return status_; }

 private:
  void lose(const std::string& cause, Now now);
  void connect(Now now);
  void on_refused(const Acknowledged& event, Now now);
  void pump(Now now);
  void end_drain(Now now);
  void send(Now now);
  void refill();
  void send_heartbeat(Now now);
  void set_state(LinkState state, Now now);
  void log_refusal(std::uint64_t sequence, std::uint8_t reason);
  bool is_connected() const { return status_.state == LinkState::connected; }
  bool awaits_answer() const { return window_.in_flight() > 0 || heartbeat_ != 0; }

  const Settings settings_;
  const std::string log_part_;
  Remote& remote_;
  store::Store& store_;
  const store::StreamId stream_;
  const std::shared_ptr<Events> events_;
  const std::function<double()> chance_;

  Status status_;
  ConnectionId connection_ = 0;
  MonotonicTime connect_at_{};             // while waiting
  MonotonicTime give_up_connecting_at_{};  // while connecting
  Backoff reconnect_backoff_;
  bool outage_logged_ = false;
  MonotonicTime outage_since_{};

  Window window_;
  std::size_t send_limit_;  // the smaller of the window and what the server takes
  Token last_token_ = 0;
  std::uint64_t fetched_up_to_;
  bool fetching_ = false;
  bool more_ = true;  // the store may have rows after fetched_up_to_

  MonotonicTime last_progress_{};
  Token heartbeat_ = 0;  // 0: none on its way

  // After a refusal: the window drains, then nothing is sent until `resume_at_`.
  bool draining_ = false;
  MonotonicTime resume_at_ = MonotonicTime::min();
  Backoff refusal_backoff_;
  std::uint64_t refusal_logged_ = 0;
};

}  // namespace sluice::upstream
