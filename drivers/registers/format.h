// How a value lies in 16-bit registers: its type, its width, the order of its bytes and words.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::registers {

enum class Type : std::uint8_t {
  boolean,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int48,
  uint48,
  int64,
  uint64,
  float32,
  float64,
  string,
};

/// The order in which the bytes of a 32-bit value ABCD arrive. For wider values the words are
/// reversed as a whole; within a single register only the bytes can be swapped. Strings know
/// the byte order only.
enum class Order : std::uint8_t { abcd, cdab, badc, dcba };

/// Bits low to high of an unsigned value, 0 being the lowest.
struct BitField {
  std::uint8_t low = 0;
  std::uint8_t high = 0;

  bool operator==(const BitField&) const = default;
};

struct Format {
  Type type = Type::uint16;
  Order order = Order::abcd;
  std::uint16_t length = 1;      // registers
  std::optional<BitField> bits;  // of an unsigned type, or the one bit of a boolean

  bool operator==(const Format&) const = default;
};

/// The names of all types and orders as settings spell them, each followed by a space but the last.
inline constexpr const char* kTypeNames =
    "bool int8 uint8 int16 uint16 int32 uint32 int48 uint48 int64 uint64 float32 float64 string";
inline constexpr const char* kOrderNames = "ABCD CDAB BADC DCBA";

std::optional<Type> type_named(std::string_view name);
std::optional<Order> order_named(std::string_view name);

/// The registers that a value of the type fills; 0 for a string, which has a length of its own.
std::uint16_t registers_of(Type type);

bool is_unsigned(Type type);
bool is_float(Type type);

}  // namespace sluice::registers
