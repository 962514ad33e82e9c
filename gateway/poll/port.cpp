#include "gateway/poll/port.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include "gateway/base/log.h"

namespace sluice {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstPause = 500ms;
constexpr Duration kLongestPause = 5s;

}  // namespace

Port::Port(Wire& wire, BusLedger& ledger, std::string log_part)
    : wire_(wire), ledger_(ledger), log_part_(std::move(log_part)), pause_(kFirstPause) {}

bool Port::open(MonotonicTime now) {
  assert(!is_open_);
  const auto opened = wire_.open();
  if (!opened) {
    fail(opened.error().text, now);
    return false;
  }
  is_open_ = true;
  ledger_.port_opened();
  return true;
}

void Port::lose(std::string_view reason, MonotonicTime now) {
  close();
  fail(reason, now);
}

void Port::fail(std::string_view reason, MonotonicTime now) {
  if (failures_ == 0) log::warning(log_part_, "port: {}; trying again", reason);
  ++failures_;
  ledger_.port_failed();
  open_at_ = now + pause_;
  pause_ = std::min(pause_ * 2, kLongestPause);
}

void Port::prove() {
  if (failures_ > 0) log::info(log_part_, "port: works again after {} failures", failures_);
  failures_ = 0;
  pause_ = kFirstPause;
}

void Port::close() {
  if (std::exchange(is_open_, false)) wire_.close();
}

}  // namespace sluice
