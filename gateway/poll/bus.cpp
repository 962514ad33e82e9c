#include "gateway/poll/bus.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <numeric>
#include <utility>

#include "gateway/base/channel.h"
#include "gateway/base/worker.h"
#include "gateway/poll/bus_loop.h"
#include "gateway/poll/command.h"
#include "gateway/poll/driver_bus.h"

namespace sluice {

namespace {

ReadingTime now_on_both_clocks() { return {monotonic_now(), wall_now()}; }

/// What wakes a bus thread while it waits, on the wire as well.
class WakeUp {
 public:
  WakeUp() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { assert(fd_ >= 0); }
  ~WakeUp() { ::close(fd_); }
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  int fd() const { return fd_; }
  void ring() { eventfd_write(fd_, 1); }
  void clear() {
    eventfd_t rings = 0;
    eventfd_read(fd_, &rings);
  }

  void wait(Duration timeout) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    const timespec limit{seconds.count(), (timeout - seconds).count()};
    pollfd watched{fd_, POLLIN, 0};
    ppoll(&watched, 1, &limit, nullptr);
  }

 private:
  const int fd_;
};

}  // namespace

class Bus::Thread {
 public:
  Thread(BusPlan plan, std::unique_ptr<DriverBus> wire, BusEvents events)
      : plan_(std::move(plan)),
        wire_(std::move(wire)),
        ledger_(plan_.devices.size()),
        loop_(plan_, *wire_, ledger_, std::move(events), now_on_both_clocks),
        commands_(kCommandCapacity, [this] { wake_up_.ring(); }) {}

  ~Thread() {
    ask_to_stop();
    // A bus that was never started may have commands all the same.
    if (!is_started_) run();
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  void start() {
    assert(!is_started_);
    is_started_ = true;
    worker_.emplace("bus " + plan_.name, [this] { run(); });
  }

  bool stop(MonotonicTime until) {
    ask_to_stop();
    return !worker_ || worker_->join_until(until);
  }

  void ask_to_stop() {
    commands_.close();
    wake_up_.ring();
  }

  bool push(Command command) {
    assert(command.device < plan_.devices.size());
    command.arrived = monotonic_now();
    return commands_.push(std::move(command));
  }

  BusFigures figures() const { return ledger_.figures(); }
  const BusPlan& plan() const { return plan_; }

 private:
  void run() {
    while (!commands_.closed()) {
      take_commands();
      const auto wake = loop_.step();
      if (const auto rest = wake - monotonic_now(); wake > monotonic_now()) wait(rest);
    }
    take_commands();
    loop_.finish();
  }

  void take_commands() {
    wake_up_.clear();
    for (auto& command : commands_.drain()) loop_.take(std::move(command));
  }

  void wait(Duration rest) {
    const auto bounded = std::min<Duration>(rest, std::chrono::hours{1});
    if (!loop_.is_listening()) return wake_up_.wait(bounded);
    if (const auto heard = wire_->wait(wake_up_.fd(), bounded)) loop_.hear(*heard);
  }

  const BusPlan plan_;
  const std::unique_ptr<DriverBus> wire_;
  BusLedger ledger_;
  BusLoop loop_;
  WakeUp wake_up_;
  Channel<Command> commands_;  // full: the pusher refuses the command
  bool is_started_ = false;
  std::optional<Worker> worker_;  // last: joined before anything that it uses goes
};

Result<Bus> Bus::create(BusPlan plan, const DriverModule& module, BusEvents events) {
  auto wire = DriverBus::create(module, plan);
  if (!wire) return wire.error();
  for (std::uint32_t device = 0; device < plan.devices.size(); ++device) {
    std::vector<std::uint32_t> all(plan.devices[device].points.size());
    std::iota(all.begin(), all.end(), 0U);
    if (const auto readable = (*wire)->plan_read(device, all, {}); !readable) {
      return Error{fmt::format("device {}: driver {} cannot plan: {}", plan.devices[device].name, plan.driver,
                               readable.error().text)};
    }
  }
  return Bus(std::make_unique<Thread>(std::move(plan), std::move(*wire), std::move(events)));
}

Bus::Bus(std::unique_ptr<Thread> thread) : thread_(std::move(thread)) {}
Bus::Bus(Bus&&) noexcept = default;
Bus& Bus::operator=(Bus&&) noexcept = default;
Bus::~Bus() = default;

void Bus::start() { thread_->start(); }

void Bus::ask_to_stop() { thread_->ask_to_stop(); }

bool Bus::stop(MonotonicTime until) { return thread_->stop(until); }

bool Bus::write(std::uint32_t device, std::vector<Reading> values, MonotonicTime not_after, WriteDone done) {
  assert(!values.empty() && done);
  Command command;
  command.device = device;
  command.values = std::move(values);
  command.not_after = not_after;
  command.write_done = std::move(done);
  return thread_->push(std::move(command));
}

bool Bus::read_now(std::uint32_t device, std::vector<std::uint32_t> points, ReadDone done) {
  assert(done);
  Command command;
  command.device = device;
  command.points = std::move(points);
  command.read_done = std::move(done);
  return thread_->push(std::move(command));
}

BusFigures Bus::figures() const { return thread_->figures(); }

const BusPlan& Bus::plan() const { return thread_->plan(); }

}  // namespace sluice
