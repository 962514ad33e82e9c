#include "drivers/simulator/bus.h"

#include <array>
#include <cstring>
#include <thread>

namespace sluice::simulator {

namespace {

using driver::Code;
using driver::Done;
using driver::Error;
using driver::Exchange;
using driver::Microseconds;
using driver::Outcome;
using driver::Result;
using driver::Settings;
using driver::Value;

constexpr const char* kAnswers = "ok silent refuse";
constexpr std::int64_t kLongestTime = 3'600'000'000;  // microseconds

constexpr driver::Spec kBus[] = {
    driver::duration("timeout")
        .otherwise("500ms")
        .between(0, kLongestTime)
        .says("how long a silent device is waited for"),
};
constexpr driver::Spec kDevice[] = {
    driver::choice("answer", kAnswers).otherwise("ok").says("what the device does when it is asked"),
    driver::duration("delay").otherwise("1ms").between(0, kLongestTime).says("how long the device takes to answer"),
};
constexpr driver::Spec kPoint[] = {
    driver::choice("shape", kShapeNames).otherwise("constant").says("how the value moves until it is written"),
    driver::choice("type", kTypeNames).otherwise("real").says("what kind of value it is"),
    driver::number("from").otherwise("0").says("where it begins, and what a constant is"),
    driver::number("to").otherwise("100").says("how far it goes"),
    driver::duration("period")
        .otherwise("60s")
        .between(1, kLongestTime * 24)
        .says("time of one ramp or swing, or of one count"),
    driver::text("text").says("the value of a point of type text"),
};

template <class Choice>
Choice choice_in(const Settings& settings, const char* name, const char* choices, Choice otherwise) {
  const auto position = driver::position_among(choices, settings.text(name));
  return position ? static_cast<Choice>(*position) : otherwise;
}

Signal signal_from(const Settings& settings) {
  return {choice_in(settings, "shape", kShapeNames, Shape::constant),
          choice_in(settings, "type", kTypeNames, Type::real),
          settings.number("from", 0),
          settings.number("to", 100),
          settings.duration("period", Microseconds(60'000'000)),
          settings.text("text")};
}

/// The body of a write is the value: its type's number, then its bytes.
std::vector<std::uint8_t> body_of(const Value& value) {
  std::vector<std::uint8_t> body{static_cast<std::uint8_t>(value.index())};
  if (const auto* text = std::get_if<std::string>(&value)) {
    body.insert(body.end(), text->begin(), text->end());
    return body;
  }
  std::array<std::uint8_t, 8> bytes{};
  if (const auto* held = std::get_if<bool>(&value)) bytes[0] = *held ? 1 : 0;
  if (const auto* held = std::get_if<std::int64_t>(&value)) std::memcpy(bytes.data(), held, sizeof *held);
  if (const auto* held = std::get_if<std::uint64_t>(&value)) std::memcpy(bytes.data(), held, sizeof *held);
  if (const auto* held = std::get_if<double>(&value)) std::memcpy(bytes.data(), held, sizeof *held);
  body.insert(body.end(), bytes.begin(), bytes.end());
  return body;
}

template <class Number>
Number number_in(const std::vector<std::uint8_t>& body) {
  Number number{};
  std::memcpy(&number, body.data() + 1, sizeof number);
  return number;
}

Value value_in(const std::vector<std::uint8_t>& body) {
  switch (body.at(0)) {
    case SLUICE_VALUE_BOOL: return body[1] != 0;
    case SLUICE_VALUE_INT: return number_in<std::int64_t>(body);
    case SLUICE_VALUE_UINT: return number_in<std::uint64_t>(body);
    case SLUICE_VALUE_REAL: return number_in<double>(body);
    default: return std::string(body.begin() + 1, body.end());
  }
}

}  // namespace

const driver::Declaration kDeclaration{
    .name = "simulator",
    .version = "0.1.0",
    .sentence = "Devices without hardware, whose values move by themselves",
    .bus_settings = kBus,
    .device_settings = kDevice,
    .reading_settings = {},
    .point_settings = kPoint,
};

Result<std::unique_ptr<driver::Bus>> Bus::create(const Settings& settings) {
  return std::unique_ptr<driver::Bus>(std::make_unique<Bus>(settings.duration("timeout", Microseconds(500'000))));
}

Done Bus::add_device(const driver::Device& declared) {
  Device device{choice_in(declared.settings, "answer", kAnswers, Behaviour::ok),
                declared.settings.duration("delay", Microseconds(1'000)),
                {}};
  for (const auto& point : declared.points) {
    device.points.push_back({signal_from(point.settings), {}});
    if (device.points.back().signal.period.count() > 0) continue;
    return Error{"a period is longer than nothing", static_cast<std::uint32_t>(device.points.size() - 1)};
  }
  devices_.push_back(std::move(device));
  return driver::done();
}

std::vector<Exchange> Bus::plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                     std::span<const std::uint32_t> may) {
  if (must.empty()) return {};
  Exchange exchange{device, false, devices_.at(device).delay, devices_.at(device).delay + timeout_, {}, {}};
  exchange.points.assign(must.begin(), must.end());
  exchange.points.insert(exchange.points.end(), may.begin(), may.end());
  return {exchange};
}

Result<std::vector<Exchange>> Bus::plan_write(std::uint32_t device, std::span<const driver::PointValue> values) {
  const auto& target = devices_.at(device);
  std::vector<Exchange> plan;
  for (const auto& wanted : values) {
    const auto value = converted(target.points.at(wanted.point).signal, wanted.value);
    if (!value.ok()) return Error{value.error().text, wanted.point};
    plan.push_back({device, true, target.delay, target.delay + timeout_, {wanted.point}, body_of(*value)});
  }
  return plan;
}

std::vector<driver::PointValue> Bus::read(const Device& device, const std::vector<std::uint32_t>& points) const {
  const auto elapsed = std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - begin_);
  std::vector<driver::PointValue> values;
  for (const auto point : points) {
    const auto& one = device.points.at(point);
    values.push_back({point, one.written ? *one.written : value_of(one.signal, elapsed), {}});
  }
  return values;
}

Outcome Bus::perform(const Exchange& exchange) {
  auto& device = devices_.at(exchange.device);
  const auto time = device.behaviour == Behaviour::silent ? timeout_ : device.delay;
  std::this_thread::sleep_for(time);
  Outcome outcome;
  outcome.wire = time;
  if (device.behaviour == Behaviour::silent) {
    outcome.code = exchange.is_write ? Code::unknown : Code::retry;
    outcome.reason = "timeout";
    return outcome;
  }
  outcome.answered = true;
  if (device.behaviour == Behaviour::refuse) {
    outcome.code = Code::refused;
    outcome.reason = "refused";
  } else if (exchange.is_write) {
    device.points.at(exchange.points.at(0)).written = value_in(exchange.body);
  } else {
    outcome.values = read(device, exchange.points);
  }
  return outcome;
}

}  // namespace sluice::simulator
