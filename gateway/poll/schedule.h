// When what is asked for, in pure time: no clock, no driver, no thread.
//
// The points of one device that have the same period form a rate, which ticks on a grid. Grids are
// staggered over the devices, and the slow rates of a device tick together with a fast one, so that
// they can share exchanges. What has ticked is taken (take_due), planned by the caller and queued as
// exchanges; next() hands out the most urgent one: the earliest deadline first, and among those past
// their deadline the one that is late by the most of its own periods, so that overload stretches
// all periods alike. A rate that ticks again while it is still queued is not queued twice: it
// follows at once when it has been served, and the periods in between are counted as missed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/message.h"
#include "gateway/poll/bus_plan.h"
#include "gateway/poll/wire.h"

namespace sluice {

/// What has fallen due on one device.
struct DuePoints {
  std::uint32_t device = 0;
  std::vector<std::uint32_t> must;  // sorted
  std::vector<std::uint32_t> may;   // sorted; nearly due, may be read along
  std::uint64_t missed = 0;         // readings left out since the last time
};

/// An exchange on its way to the wire.
struct Turn {
  ExchangePtr exchange;
  unsigned tries = 0;    // that have failed
  unsigned replans = 0;  // by which it came out of a refused one

  MonotonicTime due{};
  Duration period{};               // how late counts relative to this
  std::vector<std::size_t> rates;  // of its device, that wait for it
};

class Schedule {
 public:
  /// `wall_offset` is what must be added to monotonic time to have the wall clock's; it moves when
  /// that clock is set.
  Schedule(const std::vector<DevicePlan>& devices, MonotonicTime start, Duration wall_offset);

  /// What has ticked by `now` and is not queued. Each tick is handed out once.
  std::vector<DuePoints> take_due(MonotonicTime now, Duration wall_offset);

  /// Exchanges for what take_due handed out last for the device. Points that ride along count as
  /// read for their next tick.
  void queue(std::uint32_t device, const Plan& plan, MonotonicTime now);

  /// Takes the most urgent exchange out of the queue.
  std::optional<Turn> next(MonotonicTime now);

  /// An exchange that next() handed out, as urgent as it was.
  void put_back(Turn turn);

  /// Takes everything of the device out of the queue and answers the points of it.
  std::vector<std::uint32_t> drop(std::uint32_t device);

  /// All points of the device are due at `at`, and then at their ticks again. Those that are read at
  /// round times wait for these.
  void refresh(std::uint32_t device, MonotonicTime at);

  /// All points of the device have just been accounted for: nothing ticks for one period.
  void settle(std::uint32_t device, MonotonicTime now);

  /// A point that can never be read no longer ticks.
  void remove(std::uint32_t device, std::uint32_t point);

  bool has_queued() const { return queued_ > 0; }

  /// Whether anything in the queue is past its deadline.
  bool is_late(MonotonicTime now) const;

  /// The next tick of what is not queued for the device; MonotonicTime::max() when there is none.
  MonotonicTime next_tick(std::uint32_t device) const;

 private:
  struct Rate {
    Duration every{};
    bool aligned = false;
    Duration urgency{};  // the period by which lateness is judged
    std::vector<std::uint32_t> points;
    MonotonicTime anchor{};  // one tick of the grid
    MonotonicTime next{};    // the tick that has not been taken
    MonotonicTime taken{};   // the tick that was taken last
    bool is_taken = false;   // and whether it is being planned or queued
    std::size_t queued = 0;  // exchanges
  };
  struct Point {
    std::size_t rate = 0;
    MonotonicTime rode_for = MonotonicTime::min();  // the tick for which it has been read early
  };
  struct Device {
    std::vector<Rate> rates;
    std::vector<Point> points;
    std::vector<Turn> queue;
    std::uint64_t last_turn = 0;
  };

  static void add_points(Device& device, const DevicePlan& plan);
  static void stagger(Device& device, double share, MonotonicTime start);
  static bool is_nearly_due(const Rate& rate, MonotonicTime now);
  static std::uint64_t take(Rate& rate, MonotonicTime now);
  static Turn make_turn(Device& device, const ExchangePtr& exchange, MonotonicTime now);
  static bool is_more_urgent(const Turn& a, const Turn& b, MonotonicTime now);
  static void release(Device& device, const Turn& turn);
  void follow_wall(MonotonicTime now, Duration wall_offset);
  static void collect(Device& device, MonotonicTime now, DuePoints& due);

  std::vector<Device> devices_;
  Duration wall_offset_;
  std::uint64_t turns_ = 0;
  std::size_t queued_ = 0;
};

}  // namespace sluice
