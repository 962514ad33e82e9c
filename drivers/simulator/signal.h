// A value that moves with time by itself. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/sdk/driver.hpp"

namespace sluice::simulator {

enum class Shape : std::uint8_t { constant, ramp, sine, random, counter };
enum class Type : std::uint8_t { boolean, integer, natural, real, text };

inline constexpr const char* kShapeNames = "constant ramp sine random counter";
inline constexpr const char* kTypeNames = "bool int uint real text";

struct Signal {
  Shape shape = Shape::constant;
  Type type = Type::real;
  double from = 0;
  double to = 100;
  std::chrono::microseconds period{60'000'000};
  std::string text;
};

/// constant stays at `from`; ramp rises to `to` within a period and starts again; sine swings between the
/// two; random is anywhere between them, the same for the same time; counter rises by 1 per period for ever.
double position_of(const Signal& signal, std::chrono::microseconds elapsed);

/// The position as the signal's type has it; whole numbers are rounded, a bool is true in the upper half.
driver::Value value_of(const Signal& signal, std::chrono::microseconds elapsed);

/// The value as the signal's type would hold it, or why it does not fit.
driver::Result<driver::Value> converted(const Signal& signal, const driver::Value& value);

}  // namespace sluice::simulator
