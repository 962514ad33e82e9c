#include "drivers/dlt645/content.h"

#include <gtest/gtest.h>

namespace sluice::dlt645 {
namespace {

using driver::PointValue;
using driver::Value;

constexpr Format kEnergy{Form::bcd, 8};
constexpr Format kPower{Form::signed_bcd, 6};
constexpr Format kModel{Form::text, 10};

PointValue is(Value value) { return {0, std::move(value), {}}; }
PointValue none(const char* reason) { return {0, {}, reason}; }

TEST(Dlt645Content, ReadsDigitsTheLowestFirst) {
  EXPECT_EQ(decode(kEnergy, Bytes{0x78, 0x56, 0x34, 0x12}), is(std::uint64_t{12345678}));
  EXPECT_EQ(decode(kEnergy, Bytes{0x99, 0x99, 0x99, 0x99}), is(std::uint64_t{99999999}));
  EXPECT_EQ(decode(kEnergy, Bytes{0, 0, 0, 0}), is(std::uint64_t{0}));
  EXPECT_EQ(decode({Form::bcd, 18}, Bytes(9, 0x99)), is(std::uint64_t{999999999999999999}));
}

TEST(Dlt645Content, TakesTheTopBitForTheSignWhereThereIsOne) {
  EXPECT_EQ(decode(kPower, Bytes{0x45, 0x23, 0x01}), is(std::int64_t{12345}));
  EXPECT_EQ(decode(kPower, Bytes{0x45, 0x23, 0x81}), is(std::int64_t{-12345}));
  EXPECT_EQ(decode(kPower, Bytes{0x99, 0x99, 0xF9}), is(std::int64_t{-799999}));
  EXPECT_EQ(decode(kPower, Bytes{0x00, 0x00, 0x80}), is(std::int64_t{0}));
  EXPECT_EQ(decode({Form::bcd, 6}, Bytes{0x45, 0x23, 0x81}), is(std::uint64_t{812345}));
}

TEST(Dlt645Content, HasNoValueWhereThereAreNoDigits) {
  EXPECT_EQ(decode(kEnergy, Bytes(4, 0xFF)), none("not bcd"));
  EXPECT_EQ(decode(kPower, Bytes(3, 0xFF)), none("not bcd"));
  for (std::size_t at = 0; at < 4; ++at) {
    for (const std::uint8_t bad : {0x0A, 0xA0}) {
      Bytes content(4, 0x11);
      content[at] = bad;
      EXPECT_EQ(decode(kEnergy, content), none("not bcd")) << at;
    }
  }
}

TEST(Dlt645Content, HasNoValueWhereTheLengthIsAnother) {
  for (std::size_t size = 0; size < 10; ++size) {
    EXPECT_EQ(decode(kEnergy, Bytes(size, 0)).reason, size == 4 ? "" : "wrong length") << size;
  }
}

TEST(Dlt645Content, OfAnOddNumberOfDigitsBeginsWithZero) {
  EXPECT_EQ(decode({Form::bcd, 3}, Bytes{0x20, 0x02}), is(std::uint64_t{220}));
  EXPECT_EQ(decode({Form::bcd, 3}, Bytes{0x20, 0x12}), none("too many digits"));
  EXPECT_EQ(decode({Form::signed_bcd, 3}, Bytes{0x20, 0x82}), is(std::int64_t{-220}));
}

TEST(Dlt645Content, ReadsTextsTheLastCharacterFirst) {
  EXPECT_EQ(decode({Form::text, 4}, Bytes{'4', '3', '2', 'A'}), is(std::string("A234")));
  EXPECT_EQ(decode({Form::text, 6}, Bytes{0, ' ', 'B', ' ', 'A', ' '}), is(std::string("A B")));
  EXPECT_EQ(decode({Form::text, 3}, Bytes{0, 0, 0}), is(std::string()));
  EXPECT_EQ(decode({Form::text, 3}, Bytes{'A', 0xE4, 'B'}), none("not text"));
  EXPECT_EQ(decode({Form::text, 3}, Bytes{'A', 0, 'B'}), none("not text"));
}

TEST(Dlt645Content, ReadsBackWhatItWrites) {
  for (const auto number : {0, 1, 99, 100, 12345678, 99999999}) {
    const Value value = static_cast<std::uint64_t>(number);
    EXPECT_EQ(decode(kEnergy, *encode(kEnergy, value)), is(value));
  }
  for (const auto number : {-799999, -1, 0, 1, 799999}) {
    const Value value = std::int64_t{number};
    EXPECT_EQ(decode(kPower, *encode(kPower, value)), is(value));
  }
  EXPECT_EQ(decode(kModel, *encode(kModel, std::string("DDS-645"))), is(std::string("DDS-645")));
}

TEST(Dlt645Content, RefusesToWriteWhatDoesNotFit) {
  EXPECT_FALSE(encode(kEnergy, std::uint64_t{100000000}).ok());
  EXPECT_FALSE(encode(kEnergy, std::int64_t{-1}).ok());
  EXPECT_FALSE(encode(kPower, std::int64_t{800000}).ok());
  EXPECT_FALSE(encode(kPower, std::int64_t{-800000}).ok());
  EXPECT_FALSE(encode(kPower, std::numeric_limits<std::int64_t>::min()).ok());
  EXPECT_FALSE(encode(kEnergy, 1.5).ok());
  EXPECT_FALSE(encode(kModel, std::string(11, 'x')).ok());
  EXPECT_FALSE(encode(kModel, std::uint64_t{1}).ok());
}

}  // namespace
}  // namespace sluice::dlt645
