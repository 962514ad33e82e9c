#include "drivers/dlt645/bus.h"

#include <algorithm>

namespace sluice::dlt645 {

namespace {

using driver::Code;
using driver::Done;
using driver::Error;
using driver::Exchange;
using driver::Outcome;
using driver::Result;

Outcome outcome_of_error(const Asked& asked) {
  const auto meaning = meaning_of_error(asked.error);
  Outcome outcome;
  // An error that may be about another item says nothing for good.
  outcome.code = asked.is_certain ? meaning.code : Code::device;
  outcome.reason = meaning.reason;
  return outcome;
}

Outcome outcome_of(const Asked& asked) {
  switch (asked.reply) {
    case Reply::answer: return {};
    case Reply::continued: return {.code = Code::refused, .reason = "several frames"};
    case Reply::error: return outcome_of_error(asked);
    case Reply::none: return {.code = Code::retry, .reason = asked.reason};
    case Reply::gone: break;
  }
  return {.code = Code::bus_gone, .reason = "port gone"};
}

}  // namespace

Result<std::unique_ptr<driver::Bus>> Bus::create(const driver::Settings& settings) {
  auto parsed = parse_bus_settings(settings, Wire::named);
  if (!parsed.ok()) return parsed.error();
  return std::unique_ptr<driver::Bus>(std::make_unique<Bus>(std::move(*parsed)));
}

/// A meter that is asked without its address answers together with every other.
Done Bus::add_device(const driver::Device& declared) {
  auto device = Device::create(settings_, declared);
  if (!device.ok()) return device.error();
  const auto has_no_address = [](const Device& one) { return one.address() == kAnyMeter; };
  if (!devices_.empty() && (has_no_address(*device) || std::ranges::any_of(devices_, has_no_address))) {
    return Error{"address \"AAAAAAAAAAAA\" is for the only meter on a line; this bus has several"};
  }
  devices_.push_back(std::move(*device));
  return driver::done();
}

Asking Bus::asking_for(const Device& device, const Item& item) const {
  return {device.question_for(item), device.content_size(item), device.timeout(), device.quiet()};
}

/// An exchange's body is the item.
std::vector<Exchange> Bus::plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                     std::span<const std::uint32_t> may) {
  std::vector<Exchange> plan;
  for (auto& read : devices_.at(device).plan_read(must, may)) {
    const auto asking = asking_for(devices_[device], read.item);
    plan.push_back({.device = device,
                    .is_write = false,
                    .cost = line_.usual_time(asking),
                    .worst = line_.worst_time(asking),
                    .points = std::move(read.points),
                    .body = std::move(read.item)});
  }
  return plan;
}

Result<std::vector<Exchange>> Bus::plan_write(std::uint32_t, std::span<const driver::PointValue>) {
  return Error{
      "a DL/T 645 meter takes values only with a password and an operator's code; that is not in this version"};
}

Outcome Bus::perform(const Exchange& exchange) {
  const auto begin = Clock::now();
  const auto& device = devices_.at(exchange.device);
  const auto asked = line_.ask(asking_for(device, exchange.body));
  auto outcome = outcome_of(asked);
  outcome.answered = asked.is_alive;
  if (asked.reply == Reply::answer) outcome.values = device.decode(asked.content, exchange.points);
  outcome.damaged = asked.damaged;
  outcome.wire = std::chrono::ceil<driver::Microseconds>(Clock::now() - begin);
  return outcome;
}

}  // namespace sluice::dlt645
