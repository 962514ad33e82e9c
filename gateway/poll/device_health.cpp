#include "gateway/poll/device_health.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sluice {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstProbe = 1s;
constexpr Duration kLastProbe = 10s;
constexpr Duration kShortestPause = 1s;
constexpr Duration kLongestPause = 5s;
constexpr Duration kRefusalLasts = 60s;
/// A device whose replies come damaged is alive, but after so many in a row no better than silent.
constexpr unsigned kDamagedInARow = 3;
constexpr unsigned kPausesInARow = 3;

}  // namespace

Verdict DeviceHealth::judge(const Exchange& exchange, const Outcome& outcome, unsigned tries, MonotonicTime now) {
  if (outcome.answered) return hear(exchange, outcome, tries, now);
  if (outcome.code == OutcomeCode::retry || outcome.code == OutcomeCode::unknown)
    return miss(exchange, outcome, tries, now);
  if (outcome.code == OutcomeCode::later) return put_off(outcome, now);
  return {};
}

Verdict DeviceHealth::hear(const Exchange& exchange, const Outcome& outcome, unsigned tries, MonotonicTime now) {
  Verdict verdict;
  verdict.came_back = std::exchange(is_silent_, false);
  verdict.change = become(DeviceState::online, {});
  failures_ = 0;
  if (outcome.code == OutcomeCode::later) {
    verdict.next = put_off(outcome, now).next;
    return verdict;
  }
  is_busy_ = false;
  pauses_ = 0;
  if (is_worth_repeating(exchange, outcome, tries)) verdict.next = NextStep::again;
  if (outcome.code == OutcomeCode::ok && !refusals_.empty()) {
    for (const auto point : exchange.points) refusals_.erase(point);
  }
  return verdict;
}

/// Where it is the driver that must wait, this says nothing about the device: who was silent stays so.
Verdict DeviceHealth::put_off(const Outcome& outcome, MonotonicTime now) {
  ask_at_ = now + std::clamp(outcome.later, kShortestPause, is_silent_ ? kLastProbe : kLongestPause);
  if (!is_silent_) {
    is_busy_ = true;
    ++pauses_;
  }
  return {NextStep::yield, {}, false};
}

Verdict DeviceHealth::miss(const Exchange& exchange, const Outcome& outcome, unsigned tries, MonotonicTime now) {
  if (outcome.damaged > 0 && is_worth_repeating(exchange, outcome, tries)) return {NextStep::again, {}, false};
  ++failures_;
  if (outcome.damaged > 0 && failures_ < kDamagedInARow && !is_silent_) return {};

  Verdict verdict{NextStep::yield, {}, false};
  if (is_silent_) verdict.change = become(DeviceState::offline, outcome.reason);
  probe_interval_ = is_silent_ ? std::min(probe_interval_ * 2, kLastProbe) : kFirstProbe;
  is_silent_ = true;
  is_busy_ = false;
  ask_at_ = now + probe_interval_;
  return verdict;
}

/// Never a write: a second one may be one too many. Never a probe: the device is silent already.
bool DeviceHealth::is_worth_repeating(const Exchange& exchange, const Outcome& outcome, unsigned tries) const {
  return outcome.code == OutcomeCode::retry && !exchange.is_write && !is_silent_ && tries < retries_;
}

std::optional<StateChange> DeviceHealth::lose_port(MonotonicTime now) {
  is_silent_ = true;
  is_busy_ = false;
  failures_ = 0;
  probe_interval_ = kFirstProbe;
  ask_at_ = now;
  return become(DeviceState::offline, "port");
}

void DeviceHealth::refuse(std::span<const std::uint32_t> points, const std::string& reason, MonotonicTime now) {
  for (const auto point : points) refusals_[point] = {reason, now + kRefusalLasts};
}

std::string_view DeviceHealth::why_not(MonotonicTime now) const {
  if (is_silent_) return "silent";
  if (is_busy_ && now < ask_at_) return "busy";
  return {};
}

std::string_view DeviceHealth::refusal(std::uint32_t point, MonotonicTime now) const {
  const auto found = refusals_.find(point);
  if (found == refusals_.end() || found->second.until <= now) return {};
  return found->second.reason;
}

bool DeviceHealth::end_pause() {
  is_busy_ = false;
  return pauses_ <= kPausesInARow;
}

std::optional<StateChange> DeviceHealth::become(DeviceState state, std::string_view reason) {
  if (state_ == state) return std::nullopt;
  state_ = state;
  return StateChange{state, std::string(reason)};
}

}  // namespace sluice
