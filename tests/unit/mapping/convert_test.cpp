#include "gateway/mapping/convert.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sluice::mapping {
namespace {

using config::Decimal;
using Kind = RawType::Kind;

Meaning number(Kind kind, std::uint32_t bits) {
  Meaning meaning;
  meaning.type = {kind, bits};
  meaning.access.write = true;
  return meaning;
}

std::string shown(const Meaning& meaning, const Value& raw) {
  const auto result = interpret(meaning, raw);
  EXPECT_NE(has_value(result.value), !result.reason.empty());
  return result.reason.empty() ? to_text(result.value) : "bad: " + result.reason;
}

std::string raw_for(const Meaning& meaning, const std::string& text) {
  const auto result = to_raw(meaning, {text, true});
  return result ? to_text(result->raw) : "refused: " + result.error().text;
}

TEST(Interpret, ScalesDecimally) {
  auto meaning = number(Kind::natural, 16);
  meaning.scale = {1, -1};
  EXPECT_EQ(shown(meaning, std::uint64_t{2302}), "230.2");
  EXPECT_EQ(shown(meaning, std::uint64_t{3}), "0.3");
  meaning.offset = {-27315, -2};
  EXPECT_EQ(shown(meaning, std::uint64_t{2948}), "21.65");
  meaning.scale = {1, 1};
  meaning.offset = {};
  EXPECT_EQ(interpret(meaning, std::uint64_t{7}).value, Value(std::int64_t{70}));
}

TEST(Interpret, KeepsIntegersAt64Bits) {
  const auto meaning = number(Kind::natural, 64);
  EXPECT_EQ(shown(meaning, std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  auto scaled = number(Kind::integer, 64);
  scaled.scale = {1, -2};
  EXPECT_EQ(shown(scaled, std::int64_t{9007199254740993}), "90071992547409.94");
}

TEST(Interpret, ShowsAFloatAsShortAsItIs) {
  const auto single = number(Kind::single, 32);
  EXPECT_EQ(shown(single, double{230.2f}), "230.2");
  EXPECT_EQ(shown(single, double{std::nextafter(230.2f, 300.0f)}), "230.20001");
  EXPECT_EQ(shown(number(Kind::real, 64), double{230.2f}), "230.1999969482422");
  auto scaled = single;
  scaled.scale = {1, -1};
  EXPECT_EQ(shown(scaled, 2302.0), "230.2");
}

TEST(Interpret, CallsBadWhatIsNoNumber) {
  const auto meaning = number(Kind::single, 32);
  EXPECT_EQ(shown(meaning, std::nan("")), "bad: not a number");
  EXPECT_EQ(shown(meaning, -std::numeric_limits<double>::infinity()), "bad: infinite");
  auto scaled = number(Kind::real, 64);
  scaled.scale = {1, 18};
  EXPECT_EQ(shown(scaled, 1e300), "bad: infinite");
  EXPECT_EQ(shown(number(Kind::text, 0), std::string("\xFF")), "bad: not text");
}

TEST(Interpret, CallsBadWhatIsOutOfRange) {
  auto meaning = number(Kind::natural, 16);
  meaning.scale = {1, -1};
  meaning.range = config::NumberRange{{0, 0}, {500, 0}};
  EXPECT_EQ(shown(meaning, std::uint64_t{5000}), "500");
  EXPECT_EQ(shown(meaning, std::uint64_t{5001}), "bad: out of range");
  EXPECT_EQ(shown(meaning, std::int64_t{-1}), "bad: out of range");
}

TEST(Interpret, KnowsTheMarksOfNoValue) {
  auto meaning = number(Kind::integer, 16);
  meaning.invalid = {config::Extreme::min, std::int64_t{999}};
  EXPECT_EQ(shown(meaning, std::int64_t{-32768}), "bad: invalid");
  EXPECT_EQ(shown(meaning, std::int64_t{999}), "bad: invalid");
  EXPECT_EQ(shown(meaning, std::int64_t{-32767}), "-32767");
  auto wide = number(Kind::natural, 64);
  wide.invalid = {config::Extreme::max};
  EXPECT_EQ(shown(wide, std::numeric_limits<std::uint64_t>::max()), "bad: invalid");
  EXPECT_EQ(shown(wide, std::numeric_limits<std::uint64_t>::max() - 1), "18446744073709551614");
}

TEST(Interpret, PutsTextsInPlaceOfNumbers) {
  auto meaning = number(Kind::natural, 16);
  meaning.enum_texts = {{0, "off"}, {65535, "on"}};
  EXPECT_EQ(shown(meaning, std::uint64_t{65535}), "on");
  EXPECT_EQ(shown(meaning, std::uint64_t{3}), "bad: no text for 3");
  auto switched = number(Kind::boolean, 1);
  switched.enum_texts = {{0, "closed"}, {1, "open"}};
  EXPECT_EQ(shown(switched, true), "open");
}

TEST(ToRaw, IsTheExactWayBack) {
  auto meaning = number(Kind::natural, 16);
  meaning.scale = {1, -1};
  meaning.offset = {-40, 0};
  EXPECT_EQ(raw_for(meaning, "21.5"), "615");
  EXPECT_EQ(raw_for(meaning, "21.55"), "refused: not a multiple of 0.1");
  EXPECT_EQ(raw_for(meaning, "-40.1"), "refused: too large or too small for the device");
  EXPECT_EQ(raw_for(meaning, "6513.5"), "65535");
  EXPECT_EQ(raw_for(meaning, "6513.6"), "refused: too large or too small for the device");
  EXPECT_EQ(raw_for(meaning, "warm"), "refused: takes a number");
  EXPECT_EQ(raw_for(meaning, "0x10"), "refused: takes a number");
  EXPECT_EQ(raw_for(meaning, "nan"), "refused: takes a number");
}

TEST(ToRaw, ComesBackToEveryValueThatWasRead) {
  auto meaning = number(Kind::integer, 16);
  meaning.scale = {25, -3};
  meaning.offset = {7, -1};
  for (std::int64_t raw = -32768; raw <= 32767; raw += 7) {
    const auto value = interpret(meaning, raw);
    const auto back = to_raw(meaning, {value.value, false});
    ASSERT_TRUE(back) << raw;
    ASSERT_EQ(back->raw, Value(raw)) << to_text(value.value);
  }
}

TEST(ToRaw, KeepsLimitsAndSteps) {
  auto meaning = number(Kind::single, 32);
  meaning.write.limits = config::NumberRange{{10, 0}, {60, 0}};
  meaning.write.step = Decimal{5, -1};
  EXPECT_EQ(raw_for(meaning, "10"), "10");
  EXPECT_EQ(raw_for(meaning, "60.0"), "60");
  EXPECT_EQ(raw_for(meaning, "10.25"), "refused: off the steps of 0.5");
  EXPECT_EQ(raw_for(meaning, "60.5"), "refused: out of limits, 10 to 60");
  meaning.write = {};
  EXPECT_EQ(raw_for(meaning, "1e18"), "1e+18");
}

TEST(ToRaw, DoesNotWriteWhatMeansNoValue) {
  auto meaning = number(Kind::integer, 16);
  meaning.invalid = {config::Extreme::min};
  EXPECT_EQ(raw_for(meaning, "-32768"), "refused: stands for no value in the device");
}

TEST(ToRaw, TakesTextsOfAnEnumAndOnlyThose) {
  auto meaning = number(Kind::natural, 16);
  meaning.enum_texts = {{0, "off"}, {1, "heat"}};
  EXPECT_EQ(raw_for(meaning, "heat"), "1");
  EXPECT_EQ(raw_for(meaning, "1"), "refused: takes one of off, heat");
}

TEST(ToRaw, ChecksTheTypeOfTypedValues) {
  EXPECT_FALSE(to_raw(number(Kind::natural, 16), {std::string("5"), false}));
  EXPECT_FALSE(to_raw(number(Kind::natural, 16), {true, false}));
  EXPECT_FALSE(to_raw(number(Kind::boolean, 1), {std::int64_t{1}, false}));
  EXPECT_FALSE(to_raw(number(Kind::text, 0), {std::int64_t{1}, false}));
  EXPECT_EQ(to_raw(number(Kind::boolean, 1), {std::string("false"), true})->raw, Value(false));
  EXPECT_EQ(to_raw(number(Kind::text, 0), {std::string("12"), true})->raw, Value(std::string("12")));
}

TEST(RawTypeName, IsReadFromThePointsSettings) {
  const auto of = [](const char* type) { return raw_type({{"type", SettingType::choice, type, 0, 0, {}}}); };
  EXPECT_EQ(of("int16").kind, Kind::integer);
  EXPECT_EQ(of("int48").bits, 48u);
  EXPECT_EQ(of("uint64").bits, 64u);
  EXPECT_EQ(of("float32").kind, Kind::single);
  EXPECT_EQ(of("float64").kind, Kind::real);
  EXPECT_EQ(of("string").kind, Kind::text);
  EXPECT_EQ(raw_type({}).kind, Kind::natural);
  EXPECT_EQ(raw_type({{"table", SettingType::choice, "coil", 0, 0, {}}}).kind, Kind::boolean);
  EXPECT_EQ(raw_type({{"bit", SettingType::integer, "", 3, 0, {}}}).kind, Kind::boolean);
}

}  // namespace
}  // namespace sluice::mapping
