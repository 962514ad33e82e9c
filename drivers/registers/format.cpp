#include "drivers/registers/format.h"

#include "drivers/sdk/driver.hpp"

namespace sluice::registers {

std::optional<Type> type_named(std::string_view name) {
  const auto position = driver::position_among(kTypeNames, name);
  if (!position) return std::nullopt;
  return static_cast<Type>(*position);
}

std::optional<Order> order_named(std::string_view name) {
  const auto position = driver::position_among(kOrderNames, name);
  if (!position) return std::nullopt;
  return static_cast<Order>(*position);
}

std::uint16_t registers_of(Type type) {
  switch (type) {
    case Type::boolean:
    case Type::int8:
    case Type::uint8:
    case Type::int16:
    case Type::uint16: return 1;
    case Type::int32:
    case Type::uint32:
    case Type::float32: return 2;
    case Type::int48:
    case Type::uint48: return 3;
    case Type::int64:
    case Type::uint64:
    case Type::float64: return 4;
    case Type::string: return 0;
  }
  return 0;
}

bool is_unsigned(Type type) {
  return type == Type::uint8 || type == Type::uint16 || type == Type::uint32 || type == Type::uint48 ||
         type == Type::uint64;
}

bool is_float(Type type) { return type == Type::float32 || type == Type::float64; }

}  // namespace sluice::registers
