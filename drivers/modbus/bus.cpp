#include "drivers/modbus/bus.h"

#include <chrono>

#include "drivers/modbus/rtu_line.h"
#include "drivers/modbus/tcp_line.h"

namespace sluice::modbus {

namespace {

using driver::Code;
using driver::Done;
using driver::Error;
using driver::Exchange;
using driver::Fact;
using driver::Outcome;
using driver::Result;

constexpr std::chrono::milliseconds kBusyPause{1'000};
constexpr std::uint8_t kIllegalAddress = 2;

/// The exchange's body is unit and PDU.
Bytes body_of(const Request& request) {
  Bytes body;
  body.reserve(request.pdu.size() + 1);
  body.push_back(request.unit);
  body.insert(body.end(), request.pdu.begin(), request.pdu.end());
  return body;
}

Request request_in(const Exchange& exchange) {
  return {exchange.body.at(0), {exchange.body.begin() + 1, exchange.body.end()}};
}

/// Modbus application protocol V1.1b3, chapter 7.
Code code_of_exception(std::uint8_t exception) {
  switch (exception) {
    case 1:
    case 2:
    case 3: return Code::refused;
    case 5:
    case 6: return Code::later;
    default: return Code::device;
  }
}

/// Exceptions 10 and 11 come from a gateway in front of a device that it cannot reach.
bool is_from_gateway(std::uint8_t exception) { return exception == 10 || exception == 11; }

Outcome exception_outcome(const Asked& asked) {
  const auto exception = asked.pdu[1];
  Outcome outcome;
  outcome.code = code_of_exception(exception);
  outcome.reason = "exception " + std::to_string(exception);
  outcome.answered = !is_from_gateway(exception);
  if (outcome.code == Code::later) outcome.later = kBusyPause;
  return outcome;
}

/// A write without an answer may have happened, whatever kept the answer away.
Outcome outcome_without_answer(const Request& request, const Asked& asked) {
  Outcome outcome;
  outcome.reason = asked.reason;
  outcome.answered = asked.is_alive;
  if (request.is_write() && asked.was_sent) {
    outcome.code = Code::unknown;
  } else if (asked.reply == Reply::gone) {
    outcome.code = Code::bus_gone;
  } else if (asked.reply == Reply::later) {
    outcome.code = Code::later;
    outcome.later = asked.later;
  } else {
    outcome.code = Code::retry;
  }
  return outcome;
}

/// How many registers (bits) may be read from a request's address on: what it reads itself, and one
/// that is neither forbidden nor known to be refused.
std::uint32_t reach_of(const Request& request, const registers::ReadRules& rules) {
  const auto own = request.is_write() ? 1u : request.count();
  const auto longer = own + (rules.item_bits == 1 ? 8u : 1u);
  const registers::Range range{request.address(), request.address() + longer - 1u};
  if (range.last > 0xFFFF || longer > rules.longest || rules.one_by_one) return own;
  for (const auto& hole : rules.holes) {
    if (hole.meets(range)) return own;
  }
  return registers::complaint_about(range, rules) ? own : longer;
}

}  // namespace

std::unique_ptr<Line> make_line(const BusSettings& settings) {
  if (settings.transport == Transport::tcp) return std::make_unique<TcpLine>(settings);
  return std::make_unique<RtuLine>(settings);
}

Result<std::unique_ptr<driver::Bus>> Bus::create(const driver::Settings& settings) {
  auto parsed = parse_bus_settings(settings, Wire::named);
  if (!parsed.ok()) return parsed.error();
  return std::unique_ptr<driver::Bus>(std::make_unique<Bus>(std::move(*parsed)));
}

Bus::Bus(BusSettings settings) : settings_(std::move(settings)), line_(make_line(settings_)) {}

Done Bus::add_device(const driver::Device& declared) {
  auto device = Device::create(settings_, declared);
  if (!device.ok()) return device.error();
  devices_.push_back(std::move(*device));
  return driver::done();
}

Question Bus::question_for(const Device& device, Request request) const {
  const auto reach = reach_of(request, device.rules(table_of(request.function())));
  return {std::move(request), device.timeout(), device.quiet(), device.after_connect(), reach};
}

Exchange Bus::exchange_for(std::uint32_t device, Request request, std::vector<std::uint32_t> points) const {
  const auto question = question_for(devices_[device], std::move(request));
  return {device,
          question.request.is_write(),
          line_->usual_time(question),
          line_->worst_time(question),
          std::move(points),
          body_of(question.request)};
}

std::vector<Exchange> Bus::plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                     std::span<const std::uint32_t> may) {
  std::vector<Exchange> plan;
  for (auto& read : devices_.at(device).plan_read(must, may)) {
    plan.push_back(exchange_for(device, std::move(read.request), std::move(read.points)));
  }
  return plan;
}

Result<std::vector<Exchange>> Bus::plan_write(std::uint32_t device, std::span<const driver::PointValue> values) {
  std::vector<Exchange> plan;
  for (const auto& value : values) {
    auto request = devices_.at(device).plan_write(value);
    if (!request.ok()) return Error{request.error().text, value.point};
    plan.push_back(exchange_for(device, std::move(*request), {value.point}));
  }
  return plan;
}

void Bus::learn(std::span<const Fact> facts) {
  for (const auto& fact : facts) devices_.at(fact.device).learn(fact.text);
}

Done Bus::open() { return line_->open(); }

void Bus::close() { line_->close(); }

Outcome Bus::perform(const Exchange& exchange) {
  const auto begin = std::chrono::steady_clock::now();
  auto& device = devices_.at(exchange.device);
  const auto request = request_in(exchange);
  const auto asked = line_->ask(question_for(device, request));
  Outcome outcome;
  if (asked.reply == Reply::answer) {
    outcome.answered = true;
    if (!request.is_write()) outcome.values = device.decode(request, asked.pdu, exchange.points);
  } else if (asked.reply == Reply::exception) {
    outcome = exception_outcome(asked);
    const auto is_refused_read = !request.is_write() && asked.pdu[1] == kIllegalAddress && asked.is_certain;
    auto fact = is_refused_read ? device.learn_refused(request, exchange.points) : std::string();
    if (!fact.empty()) outcome.facts.push_back({exchange.device, std::move(fact)});
  } else {
    outcome = outcome_without_answer(request, asked);
  }
  outcome.damaged = asked.damaged;
  outcome.wire = std::chrono::ceil<driver::Microseconds>(std::chrono::steady_clock::now() - begin);
  return outcome;
}

}  // namespace sluice::modbus
