#include "gateway/poll/command.h"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

bool reads_as_true(const Value& value) { return to_text(value) == "true" || to_text(value) == "1"; }

/// A device may hand back a value in another type than it was written in, and a number with the
/// precision that it has.
bool is_same(const Value& written, const Value& read) {
  if (to_text(written) == to_text(read)) return true;
  if (std::holds_alternative<bool>(written)) return std::get<bool>(written) == reads_as_true(read);
  const auto* a = std::get_if<double>(&written);
  const auto* b = std::get_if<double>(&read);
  return a != nullptr && b != nullptr && static_cast<float>(*a) == static_cast<float>(*b);
}

/// Whether the device shows what was to be written, in every point.
bool is_confirmed(const std::vector<Reading>& values, const std::vector<Reading>& read_back) {
  return std::all_of(values.begin(), values.end(), [&](const Reading& written) {
    const auto is_it = [&](const Reading& read) { return read.point == written.point && read.good(); };
    const auto found = std::find_if(read_back.begin(), read_back.end(), is_it);
    return found != read_back.end() && is_same(written.value, found->value);
  });
}

bool may_have_written(OutcomeCode code) {
  return code == OutcomeCode::retry || code == OutcomeCode::unknown || code == OutcomeCode::bus_gone;
}

struct Attempt {
  Outcome last;
  std::size_t done = 0;  // exchanges
};

Attempt write_all(const Plan& plan, CommandBus& bus) {
  Attempt attempt;
  for (const auto& exchange : plan) {
    attempt.last = bus.exchange(*exchange);
    if (attempt.last.code != OutcomeCode::ok) break;
    ++attempt.done;
  }
  return attempt;
}

WriteOutcome refused(std::string reason) { return {WriteStatus::refused, std::move(reason), {}, {}}; }

std::vector<std::uint32_t> points_of(const std::vector<Reading>& values) {
  std::vector<std::uint32_t> points;
  for (const auto& value : values) points.push_back(value.point);
  return points;
}

}  // namespace

WriteResult carry_out_write(const Command& command, Wire& wire, CommandBus& bus) {
  const auto plan = wire.plan_write(command.device, command.values);
  if (!plan) return {refused(plan.error().text), {}};
  const auto attempt = write_all(*plan, bus);
  const auto code = attempt.last.code;
  if (attempt.done == 0 && code == OutcomeCode::later) return {refused("busy"), attempt.last.later};
  if (attempt.done == 0 && code != OutcomeCode::ok && !may_have_written(code))
    return {refused(attempt.last.reason), {}};

  WriteOutcome outcome;
  outcome.status = code == OutcomeCode::ok ? WriteStatus::done : WriteStatus::unknown;
  outcome.reason = attempt.last.reason;
  auto back = bus.read(command.device, points_of(command.values));
  outcome.read_back = std::move(back.readings);
  outcome.time = back.time;
  if (outcome.status == WriteStatus::unknown && is_confirmed(command.values, outcome.read_back)) {
    outcome.status = WriteStatus::done;
    outcome.reason.clear();
  }
  return {std::move(outcome), {}};
}

void turn_down(const Command& command, const std::string& reason, ReadingTime time) {
  if (command.write_done) command.write_done(refused(reason));
  if (!command.read_done) return;
  ReadOutcome outcome{{}, time};
  for (const auto point : command.points) outcome.readings.push_back({point, {}, reason});
  command.read_done(outcome);
}

}  // namespace sluice
