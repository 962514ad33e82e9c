#include "gateway/poll/bus_loop.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace sluice {

namespace {

using namespace std::chrono_literals;

/// So long a probe waits for a gap between polls that it fits into.
constexpr Duration kProbePatience = 1s;
/// After a probe that polls had to wait for, none of that kind for so many times its length: all
/// silent devices together take a tenth of the wire at most.
constexpr int kForcedProbeShare = 9;
/// Of one device; a driver that learns something new for ever must not fill the memory.
constexpr std::size_t kMostFacts = 256;
/// Halving gets from any exchange to a single point in fewer steps.
constexpr unsigned kMostReplans = 20;

Duration wall_offset(ReadingTime time) { return time.wall.time_since_epoch() - time.monotonic.time_since_epoch(); }

/// One reading for each point of the exchange.
std::vector<Reading> readings_of(const Exchange& exchange, const Outcome& outcome) {
  std::vector<Reading> readings;
  for (const auto point : exchange.points) {
    const auto is_it = [point](const Reading& reading) { return reading.point == point; };
    const auto value = std::find_if(outcome.values.begin(), outcome.values.end(), is_it);
    if (outcome.code != OutcomeCode::ok)
      readings.push_back({point, {}, outcome.reason});
    else if (value == outcome.values.end())
      readings.push_back({point, {}, "no value"});
    else
      readings.push_back(*value);
  }
  return readings;
}

std::vector<Reading> bad_readings(std::span<const std::uint32_t> points, std::string_view reason) {
  std::vector<Reading> readings;
  for (const auto point : points) readings.push_back({point, {}, std::string(reason)});
  return readings;
}

/// Of an exchange that is asked for out of turn.
Turn turn_of(ExchangePtr exchange) {
  Turn turn;
  turn.exchange = std::move(exchange);
  return turn;
}

std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> points) {
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

}  // namespace

BusLoop::BusLoop(const BusPlan& plan, Wire& wire, BusLedger& ledger, BusEvents events, Clock clock)
    : wire_(wire),
      ledger_(ledger),
      events_(std::move(events)),
      clock_(std::move(clock)),
      planner_(plan.devices, wire),
      schedule_(plan.devices, clock_().monotonic, wall_offset(clock_())),
      port_(wire, ledger, "bus " + plan.name),
      readable_(plan.devices.size()),
      silences_(plan.devices.size()),
      facts_(plan.devices.size()) {
  for (std::uint32_t device = 0; device < plan.devices.size(); ++device) {
    health_.emplace_back(plan.devices[device].retries);
    for (std::uint32_t point = 0; point < plan.devices[device].points.size(); ++point) {
      if (planner_.is_readable(device, point))
        readable_[device].push_back(point);
      else
        schedule_.remove(device, point);
    }
  }
  for (const auto& fact : plan.facts) facts_.at(fact.device).push_back(fact);
}

MonotonicTime BusLoop::step() {
  const auto time = clock_();
  const auto now = time.monotonic;
  if (!port_.is_open() && now >= port_.open_at()) open_port(now);
  end_pauses(now);
  take_due(time);
  // Commands go first, but who sends them without end does not keep the rest from being read.
  const bool owes_a_poll = std::exchange(was_command_, false) && port_.is_open() && schedule_.is_late(now);
  if (!owes_a_poll && run_command(now)) {
    was_command_ = true;
    return now;
  }
  if (port_.is_open()) {
    if (probe(now)) return now;
    if (auto turn = schedule_.next(now)) {
      poll(*turn);
      return now;
    }
  }
  return next_wake(now);
}

void BusLoop::finish() {
  for (const auto& command : std::exchange(commands_, {})) turn_down(command, "stopping", clock_());
  port_.close();
}

void BusLoop::open_port(MonotonicTime now) {
  const bool begins = !port_.is_in_trouble();
  if (port_.open(now) || !begins) return;
  for (std::uint32_t device = 0; device < device_count(); ++device) account_for_all(device);
}

/// Every point is bad at once when the trouble begins, and from then on at its own period.
void BusLoop::lose_port(std::string_view reason) {
  const bool begins = !port_.is_in_trouble();
  const auto time = clock_();
  port_.lose(reason, time.monotonic);
  for (std::uint32_t device = 0; device < device_count(); ++device) {
    const auto dropped = schedule_.drop(device);
    if (begins) {
      account_for_all(device);
      continue;
    }
    hand_out_bad(device, dropped, "port", time);
    declare(device, health_[device].lose_port(time.monotonic));
  }
}

void BusLoop::account_for_all(std::uint32_t device) {
  const auto time = clock_();
  hand_out_bad(device, readable_[device], "port", time);
  schedule_.settle(device, time.monotonic);
  declare(device, health_[device].lose_port(time.monotonic));
}

/// The oldest command whose time has come. One that waits for a busy device holds up those behind
/// it for the same device, so that writes are done in their order.
bool BusLoop::run_command(MonotonicTime now) {
  std::set<std::uint32_t> held_up;
  for (auto command = commands_.begin(); command != commands_.end(); ++command) {
    if (held_up.contains(command->device)) continue;
    if (command->not_before > now) {
      held_up.insert(command->device);
      continue;
    }
    auto taken = std::move(*command);
    commands_.erase(command);
    carry_out(std::move(taken), now);
    return true;
  }
  return false;
}

void BusLoop::carry_out(Command command, MonotonicTime now) {
  if (now > command.not_after) return turn_down(command, "too late", clock_());
  if (!port_.is_open()) return turn_down(command, "port", clock_());
  if (command.not_before == MonotonicTime::min()) ledger_.command_waited(now - command.arrived);
  if (command.read_done) return command.read_done(read(command.device, command.points));

  auto result = carry_out_write(command, wire_, *this);
  if (result.later) {
    command.not_before = health_[command.device].busy_until();
    if (command.not_before <= command.not_after) return commands_.push_front(std::move(command));
  }
  command.write_done(result.outcome);
}

Outcome BusLoop::exchange(const Exchange& exchange) { return perform(exchange, 0).outcome; }

ReadOutcome BusLoop::read(std::uint32_t device, std::vector<std::uint32_t> points) {
  points = sorted(std::move(points));
  std::erase_if(points, [&](std::uint32_t point) { return !planner_.is_readable(device, point); });
  const auto plan = planner_.plan(device, points, {});
  if (!plan) return {bad_readings(points, "driver"), clock_()};

  ReadOutcome result{bad_readings(left_out(*plan, points), "refused"), clock_()};
  std::deque<Turn> turns;
  for (const auto& exchange : *plan) turns.push_back(turn_of(exchange));
  for (bool is_first = true; !turns.empty(); is_first = false) {
    const auto turn = std::move(turns.front());
    turns.pop_front();
    // A silent device is asked once all the same: somebody waits for the answer.
    const auto why = is_first && port_.is_open() ? std::string_view{} : why_not(device, clock_().monotonic);
    auto step = why.empty() ? ask(turn) : Step{bad_readings(turn.exchange->points, why), {}, clock_()};
    result.readings.insert(result.readings.end(), step.readings.begin(), step.readings.end());
    result.time = step.time;
    turns.insert(turns.begin(), step.more.begin(), step.more.end());
  }
  const auto is_asked_for = [&](std::uint32_t point) {
    return std::binary_search(points.begin(), points.end(), point);
  };
  std::erase_if(result.readings, [&](const Reading& reading) { return !is_asked_for(reading.point); });
  return result;
}

void BusLoop::end_pauses(MonotonicTime now) {
  for (std::uint32_t device = 0; device < device_count(); ++device) {
    if (health_[device].busy_until() <= now && health_[device].end_pause()) schedule_.refresh(device, now);
  }
}

void BusLoop::take_due(ReadingTime time) {
  for (const auto& due : schedule_.take_due(time.monotonic, wall_offset(time))) {
    if (due.missed > 0) ledger_.missed(due.device, due.missed);
    if (!due.must.empty()) ask_for(due, time);
  }
}

/// Queues what can be asked for; what cannot is bad at once.
void BusLoop::ask_for(const DuePoints& due, ReadingTime time) {
  const auto now = time.monotonic;
  if (const auto why = why_not(due.device, now); !why.empty()) return hand_out_bad(due.device, due.must, why, time);

  std::vector<Reading> refused;
  std::vector<std::uint32_t> must;
  for (const auto point : due.must) {
    if (const auto why = health_[due.device].refusal(point, now); !why.empty())
      refused.push_back({point, {}, std::string(why)});
    else
      must.push_back(point);
  }
  hand_out(due.device, refused, time);
  auto may = due.may;
  std::erase_if(may, [&](std::uint32_t point) { return !health_[due.device].refusal(point, now).empty(); });
  if (must.empty()) return;

  const auto plan = planner_.plan(due.device, must, may);
  if (!plan) return hand_out_bad(due.device, must, "driver", time);
  hand_out_bad(due.device, left_out(*plan, must), "refused", time);
  schedule_.queue(due.device, *plan, now);
}

std::string_view BusLoop::why_not(std::uint32_t device, MonotonicTime now) const {
  return port_.is_open() ? health_[device].why_not(now) : "port";
}

/// Asks the silent device that has waited longest, when that fits between two polls or has not
/// fitted for too long.
bool BusLoop::probe(MonotonicTime now) {
  std::uint32_t device = device_count();
  auto at = MonotonicTime::max();
  for (std::uint32_t i = 0; i < device_count(); ++i) {
    if (health_[i].probe_at() >= at || planner_.cheapest(i) == nullptr) continue;
    at = health_[i].probe_at();
    device = i;
  }
  if (at > now) return false;
  const auto exchange = planner_.cheapest(device);
  const bool fits = !schedule_.has_queued() && next_asking_tick() - now >= length_of_silence(*exchange);
  if (!fits && (now < at + kProbePatience || now < next_forced_probe_)) return false;
  const auto done = perform(*exchange, 0);
  const auto end = done.time.monotonic;
  if (!fits) next_forced_probe_ = end + kForcedProbeShare * (end - now);
  return true;
}

void BusLoop::poll(const Turn& turn) {
  for (auto& more : ask(turn).more) schedule_.put_back(std::move(more));
}

BusLoop::Step BusLoop::ask(Turn turn) {
  const auto device = turn.exchange->device;
  const bool was_in_trouble = port_.is_in_trouble();
  const auto done = perform(*turn.exchange, turn.tries);
  if (done.next == NextStep::again) {
    ++turn.tries;
    return {{}, {std::move(turn)}, done.time};
  }
  auto step = done.outcome.code == OutcomeCode::refused
                  ? take_refusal(turn, done)
                  : Step{readings_of(*turn.exchange, done.outcome), {}, done.time};
  // When the port has just been lost, these points have been handed out with all others.
  if (port_.is_open() || was_in_trouble) hand_out(device, step.readings, step.time);
  return step;
}

/// One wrong point refuses a whole exchange: the others are asked for again without it.
BusLoop::Step BusLoop::take_refusal(const Turn& turn, const Done& done) {
  const auto& exchange = *turn.exchange;
  const auto& reason = done.outcome.reason;
  Step step{{}, {}, done.time};
  auto hopeless = exchange.points;
  if (turn.replans < kMostReplans) {
    const auto plan = narrow(exchange, done.outcome);
    for (const auto& part : plan) {
      auto& more = step.more.emplace_back(turn);
      more.exchange = part;
      ++more.replans;
    }
    hopeless = left_out(plan, hopeless);
  }
  health_[exchange.device].refuse(hopeless, reason, done.time.monotonic);
  step.readings = bad_readings(hopeless, reason);
  return step;
}

/// Smaller exchanges for the same points: as the driver plans with what it has just learned, or in
/// two halves. Empty when there is nothing to divide.
Plan BusLoop::narrow(const Exchange& refused, const Outcome& outcome) {
  const auto points = sorted(refused.points);
  if (points.size() < 2) return {};
  if (!outcome.facts.empty()) {
    const auto plan = planner_.plan(refused.device, points, {});
    const bool is_same = plan && plan->size() == 1 && plan->front()->points.size() == refused.points.size();
    if (plan && !is_same) return *plan;
  }
  planner_.split(refused.device, refused.points);
  const auto plan = planner_.plan(refused.device, points, {});
  return plan ? *plan : Plan{};
}

/// Every exchange goes through here: one at a time, counted and judged.
BusLoop::Done BusLoop::perform(const Exchange& exchange, unsigned tries) {
  Done done;
  const auto start = clock_().monotonic;
  done.outcome = wire_.perform(exchange);
  done.time = clock_();
  if (done.outcome.code == OutcomeCode::retry) silences_[exchange.device] = done.time.monotonic - start;
  ledger_.exchanged(exchange, done.outcome);
  learn(done.outcome.facts);
  if (done.outcome.code == OutcomeCode::bus_gone) {
    lose_port(std::exchange(done.outcome.reason, "port"));
    return done;
  }
  port_.prove();
  const auto verdict = health_[exchange.device].judge(exchange, done.outcome, tries, done.time.monotonic);
  follow(exchange.device, verdict, done.time);
  done.next = verdict.next;
  return done;
}

void BusLoop::hear(const Heard& heard) {
  const auto time = clock_();
  if (heard.outcome.code == OutcomeCode::bus_gone) return lose_port(heard.outcome.reason);
  learn(heard.outcome.facts);
  Exchange unasked;
  unasked.device = heard.device;
  follow(heard.device, health_[heard.device].judge(unasked, heard.outcome, 0, time.monotonic), time);
  hand_out(heard.device, heard.outcome.values, time);
}

void BusLoop::follow(std::uint32_t device, const Verdict& verdict, ReadingTime time) {
  declare(device, verdict.change);
  if (verdict.came_back) schedule_.refresh(device, time.monotonic);
  if (verdict.next != NextStep::yield) return;
  hand_out_bad(device, schedule_.drop(device), why_not(device, time.monotonic), time);
}

/// The driver plans with what it has learned already; we keep it for the next start.
void BusLoop::learn(std::span<const Fact> facts) {
  for (const auto& fact : facts) {
    auto& known = facts_.at(fact.device);
    if (std::find(known.begin(), known.end(), fact) != known.end()) continue;
    if (known.size() >= kMostFacts) known.erase(known.begin());
    known.push_back(fact);
    planner_.forget(fact.device);
    if (events_.on_facts) events_.on_facts(fact.device, known);
  }
}

/// The worst case covers a device that babbles; one that is mute is given up sooner, always after the
/// same time.
Duration BusLoop::length_of_silence(const Exchange& probe) const {
  const auto measured = silences_[probe.device];
  return measured > Duration{0} ? std::min(measured, probe.worst) : probe.worst;
}

MonotonicTime BusLoop::next_wake(MonotonicTime now) const {
  auto wake = port_.is_open() ? MonotonicTime::max() : port_.open_at();
  for (const auto& command : commands_) {
    if (command.not_before > now) wake = std::min(wake, command.not_before);
  }
  for (std::uint32_t device = 0; device < device_count(); ++device) {
    wake = std::min({wake, schedule_.next_tick(device), health_[device].busy_until()});
    const auto probe_at = health_[device].probe_at();
    if (!port_.is_open() || probe_at == MonotonicTime::max() || planner_.cheapest(device) == nullptr) continue;
    wake = std::min(wake, probe_at > now ? probe_at : std::max(probe_at + kProbePatience, next_forced_probe_));
  }
  return wake;
}

/// The next tick that will put something on the wire.
MonotonicTime BusLoop::next_asking_tick() const {
  auto first = MonotonicTime::max();
  for (std::uint32_t device = 0; device < device_count(); ++device) {
    if (health_[device].probe_at() == MonotonicTime::max()) first = std::min(first, schedule_.next_tick(device));
  }
  return first;
}

void BusLoop::hand_out(std::uint32_t device, std::span<const Reading> readings, ReadingTime time) const {
  if (!readings.empty() && events_.on_readings) events_.on_readings(device, readings, time);
}

void BusLoop::hand_out_bad(std::uint32_t device, std::span<const std::uint32_t> points, std::string_view reason,
                           ReadingTime time) const {
  hand_out(device, bad_readings(points, reason), time);
}

void BusLoop::declare(std::uint32_t device, const std::optional<StateChange>& change) const {
  if (change && events_.on_device_state) events_.on_device_state(device, change->state, change->reason);
}

}  // namespace sluice
