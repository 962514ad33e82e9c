#include "gateway/poll/schedule.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace sluice {

namespace {

using namespace std::chrono_literals;

constexpr Duration kWallStep = 1ms;

/// The first tick after `time`.
MonotonicTime tick_after(MonotonicTime anchor, Duration every, MonotonicTime time) {
  auto ticks = (time - anchor) / every;
  if (time < anchor && (time - anchor) % every != Duration{0}) --ticks;
  return anchor + (ticks + 1) * every;
}

/// The wall clock is slewed: the same round time must not come twice.
Duration guard(Duration every) { return std::min<Duration>(every / 4, 500ms); }

double lateness(const Turn& turn, MonotonicTime now) {
  return std::chrono::duration<double>(now - turn.due) / std::chrono::duration<double>(turn.period);
}

}  // namespace

Schedule::Schedule(const std::vector<DevicePlan>& devices, MonotonicTime start, Duration wall_offset)
    : devices_(devices.size()), wall_offset_(wall_offset) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    add_points(devices_[i], devices[i]);
    stagger(devices_[i], static_cast<double>(i) / static_cast<double>(devices.size()), start);
    for (auto& rate : devices_[i].rates) {
      if (!rate.aligned) continue;
      rate.anchor = MonotonicTime{} - wall_offset;
      rate.next = tick_after(rate.anchor, rate.every, start);
    }
  }
}

void Schedule::add_points(Device& device, const DevicePlan& plan) {
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const auto& point = plan.points[i];
    // Alarms are judged by half their period: sooner than others, yet never to their exclusion.
    const auto urgency = point.traffic_class == TrafficClass::alarm ? point.every / 2 : point.every;
    const auto same = [&](const Rate& rate) {
      return rate.every == point.every && rate.aligned == point.aligned && rate.urgency == urgency;
    };
    auto rate = std::find_if(device.rates.begin(), device.rates.end(), same);
    if (rate == device.rates.end()) {
      rate = device.rates.insert(rate, Rate{});
      rate->every = point.every;
      rate->aligned = point.aligned;
      rate->urgency = urgency;
    }
    rate->points.push_back(static_cast<std::uint32_t>(i));
    device.points.push_back({static_cast<std::size_t>(rate - device.rates.begin())});
  }
}

/// Everything is read once at the start; from then on a slow rate ticks on its own share of the
/// slow period, always together with a fast tick of its device.
void Schedule::stagger(Device& device, double share, MonotonicTime start) {
  Duration fast = Duration::max();
  for (const auto& rate : device.rates) {
    if (!rate.aligned) fast = std::min(fast, rate.every);
  }
  for (auto& rate : device.rates) {
    if (rate.aligned) continue;
    rate.next = start + std::chrono::duration_cast<Duration>(fast * share);
    rate.anchor =
        rate.next + fast * static_cast<std::int64_t>(std::floor(share * static_cast<double>(rate.every / fast)));
  }
}

std::vector<DuePoints> Schedule::take_due(MonotonicTime now, Duration wall_offset) {
  follow_wall(now, wall_offset);
  std::vector<DuePoints> all;
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    DuePoints due;
    due.device = static_cast<std::uint32_t>(i);
    collect(devices_[i], now, due);
    if (!due.must.empty() || due.missed > 0) all.push_back(std::move(due));
  }
  return all;
}

void Schedule::collect(Device& device, MonotonicTime now, DuePoints& due) {
  const auto add = [&device](std::vector<std::uint32_t>& to, const Rate& rate, MonotonicTime tick) {
    for (const auto point : rate.points) {
      if (device.points[point].rode_for != tick) to.push_back(point);
    }
  };
  auto again = MonotonicTime::max();
  for (auto& rate : device.rates) {
    rate.is_taken = rate.queued == 0 && !rate.points.empty() && rate.next <= now;
    if (!rate.is_taken) continue;
    due.missed += take(rate, now) * rate.points.size();
    add(due.must, rate, rate.taken);
    again = std::min(again, rate.next);
  }
  if (due.must.empty()) return;
  for (const auto& rate : device.rates) {
    // What ticks together with the next round is in time for that one.
    if (rate.is_taken || rate.queued > 0 || rate.next >= again || !is_nearly_due(rate, now)) continue;
    add(due.may, rate, rate.next);
  }
  std::sort(due.must.begin(), due.must.end());
  std::sort(due.may.begin(), due.may.end());
}

/// A point rides along when it is early by no more than a tenth of its period.
bool Schedule::is_nearly_due(const Rate& rate, MonotonicTime now) { return rate.next - now <= rate.every / 10; }

/// Answers how many ticks were passed over.
std::uint64_t Schedule::take(Rate& rate, MonotonicTime now) {
  rate.taken = rate.next;
  rate.next = tick_after(rate.anchor, rate.every, rate.aligned ? now + guard(rate.every) : now);
  const auto periods = (rate.next - rate.taken) / rate.every;
  return periods > 1 ? static_cast<std::uint64_t>(periods - 1) : 0;
}

void Schedule::follow_wall(MonotonicTime now, Duration wall_offset) {
  if (std::chrono::abs(wall_offset - wall_offset_) < kWallStep) return;
  wall_offset_ = wall_offset;
  for (auto& device : devices_) {
    for (auto& rate : device.rates) {
      if (!rate.aligned) continue;
      rate.anchor = MonotonicTime{} - wall_offset;
      if (rate.next <= now) continue;
      rate.next = tick_after(rate.anchor, rate.every, std::max(now, rate.taken + guard(rate.every)));
    }
  }
}

void Schedule::queue(std::uint32_t device_number, const Plan& plan, MonotonicTime now) {
  auto& device = devices_.at(device_number);
  for (const auto& exchange : plan) {
    put_back(make_turn(device, exchange, now));
  }
  for (auto& rate : device.rates) rate.is_taken = false;
}

/// As urgent as the most urgent rate of which it has a point.
Turn Schedule::make_turn(Device& device, const ExchangePtr& exchange, MonotonicTime now) {
  Turn turn{exchange, 0, 0, now, 1s, {}};
  for (const auto number : exchange->points) {
    auto& point = device.points.at(number);
    const auto& rate = device.rates[point.rate];
    if (!rate.is_taken) {
      if (is_nearly_due(rate, now)) point.rode_for = rate.next;
      continue;
    }
    if (std::find(turn.rates.begin(), turn.rates.end(), point.rate) != turn.rates.end()) continue;
    if (turn.rates.empty() || rate.taken + rate.urgency < turn.due + turn.period) {
      turn.due = rate.taken;
      turn.period = rate.urgency;
    }
    turn.rates.push_back(point.rate);
  }
  return turn;
}

void Schedule::put_back(Turn turn) {
  auto& device = devices_.at(turn.exchange->device);
  for (const auto rate : turn.rates) ++device.rates[rate].queued;
  device.queue.push_back(std::move(turn));
  ++queued_;
}

bool Schedule::is_more_urgent(const Turn& a, const Turn& b, MonotonicTime now) {
  const auto deadline_a = a.due + a.period;
  const auto deadline_b = b.due + b.period;
  if (deadline_a < now && deadline_b < now) return lateness(a, now) > lateness(b, now);
  return deadline_a < deadline_b;
}

bool Schedule::is_late(MonotonicTime now) const {
  return std::any_of(devices_.begin(), devices_.end(), [now](const Device& device) {
    return std::any_of(device.queue.begin(), device.queue.end(),
                       [now](const Turn& turn) { return turn.due + turn.period < now; });
  });
}

std::optional<Turn> Schedule::next(MonotonicTime now) {
  Device* best_device = nullptr;
  std::size_t best = 0;
  for (auto& device : devices_) {
    for (std::size_t i = 0; i < device.queue.size(); ++i) {
      const auto& turn = device.queue[i];
      const auto* chosen = best_device == nullptr ? nullptr : &best_device->queue[best];
      const bool is_better = chosen == nullptr || is_more_urgent(turn, *chosen, now) ||
                             (device.last_turn < best_device->last_turn && !is_more_urgent(*chosen, turn, now));
      if (!is_better) continue;
      best_device = &device;
      best = i;
    }
  }
  if (best_device == nullptr) return std::nullopt;
  auto turn = std::move(best_device->queue[best]);
  best_device->queue.erase(best_device->queue.begin() + static_cast<std::ptrdiff_t>(best));
  best_device->last_turn = ++turns_;
  release(*best_device, turn);
  --queued_;
  return turn;
}

void Schedule::release(Device& device, const Turn& turn) {
  for (const auto rate : turn.rates) --device.rates[rate].queued;
}

std::vector<std::uint32_t> Schedule::drop(std::uint32_t device_number) {
  auto& device = devices_.at(device_number);
  std::vector<std::uint32_t> points;
  for (const auto& turn : device.queue) {
    points.insert(points.end(), turn.exchange->points.begin(), turn.exchange->points.end());
    release(device, turn);
  }
  queued_ -= device.queue.size();
  device.queue.clear();
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

void Schedule::refresh(std::uint32_t device, MonotonicTime at) {
  for (auto& rate : devices_.at(device).rates) {
    if (!rate.aligned) rate.next = std::min(rate.next, at);
  }
}

void Schedule::settle(std::uint32_t device, MonotonicTime now) {
  for (auto& rate : devices_.at(device).rates) {
    if (!rate.aligned) rate.next = tick_after(rate.anchor, rate.every, now + rate.every - Duration{1});
  }
}

void Schedule::remove(std::uint32_t device, std::uint32_t point) {
  auto& owner = devices_.at(device);
  std::erase(owner.rates[owner.points.at(point).rate].points, point);
}

MonotonicTime Schedule::next_tick(std::uint32_t device) const {
  auto first = MonotonicTime::max();
  for (const auto& rate : devices_.at(device).rates) {
    if (rate.queued == 0 && !rate.points.empty()) first = std::min(first, rate.next);
  }
  return first;
}

}  // namespace sluice
