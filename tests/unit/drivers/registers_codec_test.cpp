#include "drivers/registers/codec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "drivers/registers/utf8.h"

namespace sluice::registers {
namespace {

using driver::Value;
using Words = std::vector<std::uint16_t>;

constexpr Order kOrders[] = {Order::abcd, Order::cdab, Order::badc, Order::dcba};
constexpr Type kNumbers[] = {Type::int8,  Type::uint8,  Type::int16, Type::uint16, Type::int32,   Type::uint32,
                             Type::int48, Type::uint48, Type::int64, Type::uint64, Type::float32, Type::float64};

Format format_of(Type type, Order order = Order::abcd) { return {type, order, registers_of(type), {}}; }

Value decoded(const Format& format, const Words& words) {
  const auto value = decode(format, words);
  return value.ok() ? *value : Value("refused: " + value.error().text);
}

Words encoded(const Format& format, const Value& value) {
  const auto words = encode(format, value);
  return words.ok() ? *words : Words{};
}

TEST(Codec, KnowsItsNames) {
  EXPECT_EQ(type_named("bool"), Type::boolean);
  EXPECT_EQ(type_named("float64"), Type::float64);
  EXPECT_EQ(type_named("string"), Type::string);
  EXPECT_EQ(order_named("DCBA"), Order::dcba);
  EXPECT_FALSE(type_named("unit32"));
  EXPECT_FALSE(type_named(""));
  EXPECT_FALSE(order_named("ACBD"));
}

TEST(Codec, DecodesKnownFrames) {
  // As meters send them: 230.2 V of an Eastron, high word first; 70000 of a Carlo Gavazzi, low word first.
  EXPECT_EQ(decoded(format_of(Type::float32), {0x4366, 0x3334}), Value(double{230.20001220703125f}));
  EXPECT_EQ(decoded(format_of(Type::int32, Order::cdab), {0x1170, 0x0001}), Value(std::int64_t{70000}));
  EXPECT_EQ(decoded(format_of(Type::uint64), {0, 0, 1, 2}), Value(std::uint64_t{65538}));
  EXPECT_EQ(decoded(format_of(Type::int16), {0xFFFB}), Value(std::int64_t{-5}));
  EXPECT_EQ(decoded(format_of(Type::int8), {0x12FB}), Value(std::int64_t{-5}));
  EXPECT_EQ(decoded(format_of(Type::int8, Order::badc), {0xFB12}), Value(std::int64_t{-5}));
}

TEST(Codec, PutsEachByteWhereItsOrderSays) {
  const auto bits32 = Value(std::uint64_t{0x11223344});
  EXPECT_EQ(encoded(format_of(Type::uint32, Order::abcd), bits32), (Words{0x1122, 0x3344}));
  EXPECT_EQ(encoded(format_of(Type::uint32, Order::cdab), bits32), (Words{0x3344, 0x1122}));
  EXPECT_EQ(encoded(format_of(Type::uint32, Order::badc), bits32), (Words{0x2211, 0x4433}));
  EXPECT_EQ(encoded(format_of(Type::uint32, Order::dcba), bits32), (Words{0x4433, 0x2211}));
  const auto bits64 = Value(std::uint64_t{0x1122334455667788});
  EXPECT_EQ(encoded(format_of(Type::uint64, Order::abcd), bits64), (Words{0x1122, 0x3344, 0x5566, 0x7788}));
  EXPECT_EQ(encoded(format_of(Type::uint64, Order::cdab), bits64), (Words{0x7788, 0x5566, 0x3344, 0x1122}));
  EXPECT_EQ(encoded(format_of(Type::uint64, Order::badc), bits64), (Words{0x2211, 0x4433, 0x6655, 0x8877}));
  EXPECT_EQ(encoded(format_of(Type::uint64, Order::dcba), bits64), (Words{0x8877, 0x6655, 0x4433, 0x2211}));
  EXPECT_EQ(encoded(format_of(Type::uint16, Order::cdab), Value(std::uint64_t{0x1122})), (Words{0x1122}));
  EXPECT_EQ(encoded(format_of(Type::uint16, Order::badc), Value(std::uint64_t{0x1122})), (Words{0x2211}));
}

/// Every pattern of registers is some value, and that value is these registers again.
TEST(Codec, ReadsBackWhatItWroteForEachTypeAndOrder) {
  std::mt19937 random(7);
  for (const auto type : kNumbers) {
    for (const auto order : kOrders) {
      const auto format = format_of(type, order);
      for (int i = 0; i < 2000; ++i) {
        Words words(format.length);
        for (auto& word : words) word = static_cast<std::uint16_t>(random());
        const auto value = decoded(format, words);
        if (const auto* real = std::get_if<double>(&value); real && std::isnan(*real)) continue;
        EXPECT_EQ(decoded(format, encoded(format, value)), value);
        if (type != Type::int8 && type != Type::uint8) {
          EXPECT_EQ(encoded(format, value), words);
        }
      }
    }
  }
}

struct Border {
  Type type;
  std::int64_t low;
  std::uint64_t high;
};

TEST(Codec, TakesWholeNumbersUpToTheirBordersAndNotBeyond) {
  const Border borders[] = {
      {Type::int8, -128, 127},
      {Type::uint8, 0, 255},
      {Type::int16, -32768, 32767},
      {Type::uint16, 0, 65535},
      {Type::int32, -2147483648LL, 2147483647},
      {Type::uint32, 0, 4294967295u},
      {Type::int48, -140737488355328LL, 140737488355327},
      {Type::uint48, 0, 281474976710655},
      {Type::int64, std::numeric_limits<std::int64_t>::min(), 9223372036854775807u},
      {Type::uint64, 0, std::numeric_limits<std::uint64_t>::max()},
  };
  for (const auto& [type, low, high] : borders) {
    const auto format = format_of(type);
    EXPECT_TRUE(encode(format, Value(low)).ok());
    EXPECT_TRUE(encode(format, Value(high)).ok());
    EXPECT_EQ(decoded(format, encoded(format, Value(low))), is_unsigned(type) ? Value(std::uint64_t{0}) : Value(low));
    if (low != std::numeric_limits<std::int64_t>::min()) {
      EXPECT_FALSE(encode(format, Value(low - 1)).ok());
    }
    if (high != std::numeric_limits<std::uint64_t>::max()) {
      EXPECT_FALSE(encode(format, Value(high + 1)).ok());
    }
    EXPECT_FALSE(encode(format, Value(0.5)).ok());
    EXPECT_FALSE(encode(format, Value(std::numeric_limits<double>::quiet_NaN())).ok());
    EXPECT_FALSE(encode(format, Value(1e300)).ok());
    EXPECT_FALSE(encode(format, Value(-1e300)).ok());
    EXPECT_FALSE(encode(format, Value(std::string("1"))).ok());
    EXPECT_FALSE(encode(format, Value()).ok());
    EXPECT_EQ(encoded(format, Value(21.0)), encoded(format, Value(std::int64_t{21})));
    EXPECT_EQ(encoded(format, Value(true)), encoded(format, Value(std::int64_t{1})));
  }
}

TEST(Codec, KeepsRealNumbersThatAreOutOfTheOrdinary) {
  const auto infinity = std::numeric_limits<double>::infinity();
  for (const auto type : {Type::float32, Type::float64}) {
    for (const auto number : {0.0, -0.0, infinity, -infinity, 1.5, -2.25}) {
      const auto back = std::get<double>(decoded(format_of(type), encoded(format_of(type), Value(number))));
      EXPECT_EQ(back, number);
      EXPECT_EQ(std::signbit(back), std::signbit(number));
    }
    EXPECT_TRUE(std::isnan(std::get<double>(decoded(format_of(type), Words(registers_of(type), 0x7FFF)))));
  }
  EXPECT_FALSE(encode(format_of(Type::float32), Value(1e39)).ok());
  EXPECT_TRUE(encode(format_of(Type::float64), Value(1e39)).ok());
}

TEST(Codec, TakesBitsFromTheLowestUpWhateverTheOrder) {
  for (const auto order : kOrders) {
    for (std::uint8_t bit = 0; bit < 16; ++bit) {
      const Format format{Type::boolean, order, 1, BitField{bit, bit}};
      EXPECT_EQ(decoded(format, {static_cast<std::uint16_t>(1 << bit)}), Value(true));
      EXPECT_EQ(decoded(format, {static_cast<std::uint16_t>(~(1 << bit))}), Value(false));
    }
  }
  const Format field{Type::uint16, Order::abcd, 1, BitField{4, 7}};
  EXPECT_EQ(decoded(field, {0x12A4}), Value(std::uint64_t{0xA}));
  const Format wide{Type::uint32, Order::cdab, 2, BitField{12, 19}};
  EXPECT_EQ(decoded(wide, {0xB000, 0x000A}), Value(std::uint64_t{0xAB}));
  const Format all{Type::uint64, Order::abcd, 4, BitField{0, 63}};
  EXPECT_EQ(decoded(all, {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}), Value(std::numeric_limits<std::uint64_t>::max()));
}

TEST(Codec, WritesPartsOnlyIntoWhatItKnows) {
  const Format field{Type::uint16, Order::abcd, 1, BitField{4, 7}};
  EXPECT_FALSE(encode(field, Value(std::uint64_t{1})).ok());
  EXPECT_EQ(*encode_into(field, Value(std::uint64_t{0xB}), Words{0x12A4}), (Words{0x12B4}));
  EXPECT_FALSE(encode_into(field, Value(std::uint64_t{16}), Words{0}).ok());
  const Format bit{Type::boolean, Order::badc, 1, BitField{9, 9}};
  EXPECT_EQ(*encode_into(bit, Value(true), Words{0x0001}), (Words{0x0201}));
  EXPECT_EQ(*encode_into(bit, Value(false), Words{0xFFFF}), (Words{0xFDFF}));
}

TEST(Codec, CutsStringsAtTheirEndAndTheirPadding) {
  const Format format{Type::string, Order::abcd, 4, {}};
  EXPECT_EQ(decoded(format, {0x534E, 0x2D31, 0x0000, 0x4142}), Value(std::string("SN-1")));
  EXPECT_EQ(decoded(format, {0x534E, 0x2D31, 0x2020, 0x2020}), Value(std::string("SN-1")));
  EXPECT_EQ(decoded(format, {0, 0, 0, 0}), Value(std::string()));
  EXPECT_EQ(decoded(format, {0x5A5A, 0x5A5A, 0x5A5A, 0x5A5A}), Value(std::string("ZZZZZZZZ")));
  EXPECT_FALSE(decode(format, Words{0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}).ok());
  EXPECT_EQ(encoded(format, Value(std::string("SN-1"))), (Words{0x534E, 0x2D31, 0, 0}));
  EXPECT_FALSE(encode(format, Value(std::string("nine byte"))).ok());
  EXPECT_FALSE(encode(format, Value(std::int64_t{1})).ok());
  for (const auto order : kOrders) {
    const Format other{Type::string, order, 4, {}};
    EXPECT_EQ(decoded(other, encoded(other, Value(std::string("odd")))), Value(std::string("odd")));
  }
  EXPECT_EQ(decoded({Type::string, Order::badc, 2, {}}, {0x4E53, 0x312D}), Value(std::string("SN-1")));
  EXPECT_EQ(decoded({Type::string, Order::cdab, 2, {}}, {0x534E, 0x2D31}), Value(std::string("SN-1")));
}

TEST(Codec, HandsOnlyWellFormedTextOn) {
  EXPECT_TRUE(is_utf8("plain, \xC3\xA4, \xE2\x82\xAC, \xF0\x9F\x98\x80"));
  for (const auto* text :
       {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80", "\xC3(", "a\nb", "\xFF"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

}  // namespace
}  // namespace sluice::registers
