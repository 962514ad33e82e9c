#include "broker/upstream/upstream.h"

#include <atomic>
#include <cassert>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "broker/upstream/forwarder.h"
#include "broker/upstream/paho_remote.h"
#include "broker/upstream/topic_rules.h"
#include "gateway/base/log.h"
#include "gateway/base/worker.h"

namespace sluice::upstream {

namespace {

constexpr std::size_t kDownlinkMessages = 1024;

/// A wake-up that is remembered once, however often it is asked for. Shared with those who may
/// still hold it when the upstream has ended.
struct Bell {
  explicit Bell(std::size_t capacity) : events(std::make_shared<Events>(capacity)) {}

  void ring() {
    if (!rung.exchange(true)) (void)events->push(Woken{});
  }

  std::shared_ptr<Events> events;
  std::atomic<bool> rung{false};
};

class RunningUpstream final : public Upstream {
 public:
  RunningUpstream(Settings settings, ReceiveRules rules, store::Store& store, store::StreamId stream,
                  std::function<void(Message)> received)
      : settings_(std::move(settings)),
        rules_(std::move(rules)),
        received_(std::move(received)),
        bell_(std::make_shared<Bell>(events_capacity(settings_.window))),
        downlink_(std::make_shared<Downlink>(kDownlinkMessages, [bell = bell_] { bell->ring(); })),
        remote_(make_paho_remote(settings_, rules_, bell_->events, downlink_, stop_)),
        forwarder_(settings_, *remote_, store, stream, bell_->events, [this] { return chance(); }),
        status_(forwarder_.status()),
        thread_("up-" + settings_.name, [this] { run(); }) {}

  ~RunningUpstream() override { request_stop(); }

  void wake() override { bell_->ring(); }

  Status status() const override {
    const std::lock_guard lock(status_mutex_);
    return status_;
  }

  bool stop(MonotonicTime until) override {
    request_stop();
    return thread_.join_until(until);
  }

 private:
  void run();
  void bring_down();
  void publish_status();

  void request_stop() {
    stop_ = true;
    bell_->events->close();
  }

  double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  const Settings settings_;
  const ReceiveRules rules_;
  const std::function<void(Message)> received_;
  const std::shared_ptr<Bell> bell_;
  const std::shared_ptr<Downlink> downlink_;
  std::atomic<bool> stop_{false};

  // Of the upstream's thread.
  std::mt19937_64 random_{std::random_device{}()};
  std::uint64_t brought_down_ = 0;
  std::uint64_t drops_logged_ = 0;
  const std::unique_ptr<Remote> remote_;
  Forwarder forwarder_;

  mutable std::mutex status_mutex_;
  Status status_;

  Worker thread_;
};

void RunningUpstream::run() {
  while (!stop_) {
    auto events = bell_->events->wait_drain(forwarder_.next_tick());
    bell_->rung = false;
    const Now now{monotonic_now(), wall_now()};
    for (auto& event : events) {
      std::visit([&](auto& one) { forwarder_.handle(std::move(one), now); }, event);
    }
    bring_down();
    forwarder_.tick(now);
    publish_status();
  }
  forwarder_.stop();
}

void RunningUpstream::bring_down() {
  for (auto& message : downlink_->messages.drain()) {
    auto local = rules_.local_topic(message.topic);
    if (!local) continue;
    message.topic = std::move(*local);
    message.origin = {Origin::Kind::upstream, settings_.name, {}};
    ++brought_down_;
    received_(std::move(message));
  }
  const auto dropped = downlink_->dropped.load();
  if (dropped == drops_logged_) return;
  log::warning("upstream " + settings_.name, "{} messages of the cloud came too fast and were dropped",
               dropped - drops_logged_);
  drops_logged_ = dropped;
}

void RunningUpstream::publish_status() {
  const std::lock_guard lock(status_mutex_);
  status_ = forwarder_.status();
  status_.received = brought_down_;
}

}  // namespace

std::unique_ptr<Upstream> Upstream::start(Settings settings, store::Store& store, store::StreamId stream,
                                          std::function<void(Message)> received) {
  auto rules = ReceiveRules::compile(settings);
  assert(rules.ok() && "the caller has compiled the rules before");
  return std::make_unique<RunningUpstream>(std::move(settings), std::move(*rules), store, stream, std::move(received));
}

}  // namespace sluice::upstream
