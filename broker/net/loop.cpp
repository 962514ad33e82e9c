#include "broker/net/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <utility>

#include "broker/net/loop_core.h"
#include "broker/net/stream.h"

namespace sluice::net {

namespace {

constexpr std::size_t kMaxPosted = 65'536;
// So many events are handled before output is flushed: a busy input must not hold up the answers.
constexpr int kEventsPerPass = 128;
constexpr std::chrono::milliseconds kClosingTick{250};
constexpr std::size_t kMaxSpareMemories = 64;
constexpr std::size_t kMaxSpareMemory = 16 * 1024;

}  // namespace

// One thread runs the context, which Asio is told by the hint.
LoopCore::LoopCore() : io_(1), posted_(kMaxPosted, [this] { boost::asio::post(io_, [this] { run_posted(); }); }) {
  every(kClosingTick, [this](MonotonicTime now) { check_closing(now); });
}

void LoopCore::run() {
  const auto work = boost::asio::make_work_guard(io_);
  while (!io_.stopped()) run_pass();
  flush();
}

void LoopCore::run_pass() {
  if (marked_.empty()) io_.run_one();
  for (int i = 0; i < kEventsPerPass && io_.poll_one() > 0;) ++i;
  flush();
}

void LoopCore::stop() {
  post([this] { io_.stop(); });
}

void LoopCore::post(std::function<void()> function) {
  const bool taken = posted_.push(std::move(function));
  assert(taken);
}

void LoopCore::run_posted() {
  for (auto& function : posted_.drain()) function();
}

void LoopCore::every(Duration period, std::function<void(MonotonicTime)> tick) {
  auto ticker = std::make_shared<Ticker>(Ticker{boost::asio::steady_timer(io_), period, std::move(tick)});
  ticker->timer.expires_after(period);
  schedule(ticker);
}

void LoopCore::schedule(const std::shared_ptr<Ticker>& ticker) {
  ticker->timer.async_wait([ticker](ErrorCode error) {
    if (error) return;
    const auto now = monotonic_now();
    ticker->tick(now);
    const auto next = ticker->timer.expiry() + ticker->period;
    ticker->timer.expires_at(next > now ? next : now + ticker->period);
    schedule(ticker);
  });
}

// What is marked meanwhile waits for the next pass, which then does not wait for events.
void LoopCore::flush() {
  for (const auto& stream : std::exchange(marked_, {})) stream->flush();
}

void LoopCore::watch(const std::shared_ptr<Stream>& stream) { closing_.push_back(stream); }

void LoopCore::check_closing(MonotonicTime now) {
  for (const auto& one : std::exchange(closing_, {})) {
    const auto stream = one.lock();
    if (stream && !stream->end_when_overdue(now)) closing_.push_back(one);
  }
}

Bytes LoopCore::take_memory() {
  if (memory_.empty()) return {};
  auto memory = std::move(memory_.back());
  memory_.pop_back();
  return memory;
}

void LoopCore::give_memory(Bytes memory) {
  if (memory.capacity() <= kMaxSpareMemory && memory_.size() < kMaxSpareMemories) memory_.push_back(std::move(memory));
}

Loop::Loop() : core_(std::make_unique<LoopCore>()) {}
Loop::~Loop() = default;

void Loop::run() { core_->run(); }
void Loop::stop() { core_->stop(); }
void Loop::post(std::function<void()> function) { core_->post(std::move(function)); }
void Loop::every(Duration period, std::function<void(MonotonicTime)> tick) { core_->every(period, std::move(tick)); }

}  // namespace sluice::net
