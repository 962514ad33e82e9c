#include "gateway/poll/bus_ledger.h"

#include <algorithm>

namespace sluice {

namespace {

void count(Figures& figures, const Outcome& outcome) {
  ++figures.exchanges;
  if (outcome.damaged > 0) ++figures.damaged;
  if (outcome.code == OutcomeCode::ok) ++figures.ok;
  if (outcome.code == OutcomeCode::refused) ++figures.refused;
  if (outcome.code == OutcomeCode::later) ++figures.busy;
  if (outcome.answered) {
    figures.useful += outcome.wire;
    figures.last_response = outcome.wire;
    return;
  }
  figures.lost += outcome.wire;
  const bool is_unanswered = outcome.code == OutcomeCode::retry || outcome.code == OutcomeCode::unknown;
  if (is_unanswered && outcome.damaged == 0) ++figures.timeouts;
}

}  // namespace

void BusLedger::exchanged(const Exchange& exchange, const Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  count(figures_.bus, outcome);
  count(figures_.devices.at(exchange.device), outcome);
}

void BusLedger::missed(std::uint32_t device, std::uint64_t readings) {
  const std::lock_guard lock(mutex_);
  figures_.bus.missed += readings;
  figures_.devices.at(device).missed += readings;
}

void BusLedger::command_waited(Duration wait) {
  const std::lock_guard lock(mutex_);
  figures_.longest_command_wait = std::max(figures_.longest_command_wait, wait);
}

void BusLedger::port_opened() {
  const std::lock_guard lock(mutex_);
  figures_.port_is_open = true;
}

void BusLedger::port_failed() {
  const std::lock_guard lock(mutex_);
  figures_.port_is_open = false;
  ++figures_.port_failures;
}

BusFigures BusLedger::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace sluice
