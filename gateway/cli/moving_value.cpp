#include "gateway/cli/moving_value.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace sluice::cli {

namespace {

struct Habit {
  std::string_view unit;
  double middle;
  double swing;
  double growth_per_second;  // of what only counts up
};

// A small installation on a 230 V grid.
constexpr std::array kHabits{
    Habit{"V", 230, 3, 0},         Habit{"A", 4.2, 1.5, 0},        Habit{"W", 950, 350, 0},
    Habit{"VA", 1000, 350, 0},     Habit{"var", 120, 60, 0},       Habit{"kW", 0.95, 0.35, 0},
    Habit{"Hz", 50, 0.03, 0},      Habit{"kWh", 1234.5, 0, 0.001}, Habit{"Wh", 1234500, 0, 1},
    Habit{"kvarh", 77, 0, 0.0001}, Habit{"degC", 21.5, 1.5, 0},    Habit{"°C", 21.5, 1.5, 0},
    Habit{"%", 48, 6, 0},          Habit{"%RH", 48, 6, 0},
};
constexpr Habit kUnknown{"", 50, 40, 0};
constexpr Habit kRatio{"", 0.93, 0.05, 0};

constexpr double kPeriodSeconds = 20;
constexpr double kToggleSeconds = 10;

const Habit& habit_of(const mapping::PointPlan& point) {
  const auto& unit = point.meaning.unit;
  const auto* known =
      std::find_if(kHabits.begin(), kHabits.end(), [&](const Habit& habit) { return habit.unit == unit; });
  if (known != kHabits.end()) return *known;
  return point.name.find("factor") == std::string::npos ? kUnknown : kRatio;
}

double inside_range(const mapping::Meaning& meaning, double value) {
  if (!meaning.range) return value;
  return std::clamp(value, meaning.range->low.to_double(), meaning.range->high.to_double());
}

// The nearest number that the point's type, or its part of the bits, can hold.
Value raw_of(const mapping::PointPlan& point, double value) {
  const auto& meaning = point.meaning;
  const double raw = (value - meaning.offset.to_double()) / meaning.scale.to_double();
  auto bits = static_cast<int>(std::min(meaning.type.bits, 53U));  // all of which a double holds exactly
  if (const auto* part = find_setting(point.settings, "bits"); part && !part->ranges.empty())
    bits = static_cast<int>(part->ranges.front().second - part->ranges.front().first + 1);
  switch (meaning.type.kind) {
    case mapping::RawType::Kind::integer:
      return static_cast<std::int64_t>(
          std::llround(std::clamp(raw, -std::ldexp(1, bits - 1), std::ldexp(1, bits - 1) - 1)));
    case mapping::RawType::Kind::natural:
      return static_cast<std::uint64_t>(std::llround(std::clamp(raw, 0.0, std::ldexp(1, bits) - 1)));
    default: return raw;
  }
}

std::string text_of(const mapping::PointPlan& point) {
  const auto* length = find_setting(point.settings, "length");
  const std::string text = "simulated";
  return length ? text.substr(0, static_cast<std::size_t>(2 * length->integer)) : text;
}

double measured(const mapping::PointPlan& point, std::uint32_t device, double seconds) {
  const auto& habit = habit_of(point);
  const double turn = seconds / kPeriodSeconds + device * 0.3;
  const double value =
      habit.middle + habit.swing * std::sin(2 * std::numbers::pi * turn) + habit.growth_per_second * seconds;
  return inside_range(point.meaning, value);
}

Value enum_value(const mapping::Meaning& meaning) {
  const auto first = meaning.enum_texts.front().first;
  if (meaning.type.kind == mapping::RawType::Kind::integer) return first;
  return static_cast<std::uint64_t>(first);
}

}  // namespace

Value moving_value(const mapping::PointPlan& point, std::uint32_t device, std::chrono::duration<double> running) {
  using Kind = mapping::RawType::Kind;
  const auto& meaning = point.meaning;
  if (meaning.type.kind == Kind::boolean) return std::fmod(running.count(), 2 * kToggleSeconds) < kToggleSeconds;
  if (meaning.type.kind == Kind::text) return text_of(point);
  if (!meaning.enum_texts.empty()) return enum_value(meaning);
  return raw_of(point, measured(point, device, running.count()));
}

}  // namespace sluice::cli
