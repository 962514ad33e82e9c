#include "gateway/base/value.h"

#include <charconv>
#include <cmath>
#include <type_traits>

namespace sluice {

namespace {

template <class Number>
std::string shortest(Number number) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return {text, end};
}

std::string print(std::monostate) { return {}; }
std::string print(bool value) { return value ? "true" : "false"; }
std::string print(const std::string& value) { return value; }
std::string print(std::int64_t value) { return shortest(value); }
std::string print(std::uint64_t value) { return shortest(value); }
std::string print(double value) { return std::isfinite(value) ? shortest(value) : std::string{}; }

}  // namespace

std::string to_text(const Value& value) {
  return std::visit([](const auto& held) { return print(held); }, value);
}

}  // namespace sluice
