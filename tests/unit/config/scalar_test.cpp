#include "gateway/config/scalar.h"

#include <gtest/gtest.h>

#include <limits>

namespace sluice::config {
namespace {

using namespace std::chrono_literals;

TEST(Integer, IsReadWithinItsLimits) {
  EXPECT_EQ(*parse_integer("0", 0, 9), 0);
  EXPECT_EQ(*parse_integer("-5", -9, 9), -5);
  EXPECT_EQ(*parse_integer("0x1F", 0, 99, Hex::allowed), 31);
  for (const auto* text :
       {"010", "-01", "1e3", "1.9", "99999999999999999999", "+1", " 1", "1 ", "", "x", "0x1F", "yes"}) {
    EXPECT_FALSE(parse_integer(text, -1000, 1000)) << text;
  }
  EXPECT_FALSE(parse_integer("-1", 0, 9));
  EXPECT_FALSE(parse_integer("0x", 0, 9, Hex::allowed));
  EXPECT_FALSE(parse_integer("0x-1", -9, 9, Hex::allowed));
}

TEST(Bool, IsOnlyTrueOrFalse) {
  EXPECT_TRUE(*parse_bool("true"));
  EXPECT_FALSE(*parse_bool("false"));
  for (const auto* text : {"yes", "no", "on", "off", "True", "1", "0", ""}) EXPECT_FALSE(parse_bool(text)) << text;
}

TEST(DurationText, CarriesItsUnit) {
  EXPECT_EQ(*parse_duration("300ms"), Duration(300ms));
  EXPECT_EQ(*parse_duration("20us"), Duration(20us));
  EXPECT_EQ(*parse_duration("15m"), Duration(15min));
  EXPECT_EQ(*parse_duration("1d"), Duration(24h));
  EXPECT_EQ(*parse_duration("0s"), Duration(0));
  for (const auto* text : {"5", "5 s", "1.5s", "-1s", "s", "5sec", "05s", "99999999999999d", "3651d", ""}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(SizeText, CarriesItsUnit) {
  EXPECT_EQ(*parse_size("512KiB"), 512u * 1024);
  EXPECT_EQ(*parse_size("250MB"), 250'000'000u);
  EXPECT_EQ(*parse_size("1GiB"), 1ull << 30);
  for (const auto* text : {"512", "1.5GiB", "-1B", "99999999999TiB", "1kib"}) EXPECT_FALSE(parse_size(text)) << text;
}

TEST(SerialText, IsWhatAdaptersKnow) {
  EXPECT_TRUE(check_serial("19200-8E1"));
  EXPECT_TRUE(check_serial("115200-8N2"));
  for (const auto* text : {"12345-8N1", "9600-8X1", "9600-8N3", "9600-9N1", "9600", "9600-8N", "9600 8N1"}) {
    EXPECT_FALSE(check_serial(text)) << text;
  }
}

TEST(Names, AreShortAndPlain) {
  EXPECT_TRUE(check_name("hall-01.north_a"));
  EXPECT_FALSE(check_name(""));
  EXPECT_FALSE(check_name("a/b"));
  EXPECT_FALSE(check_name("a b"));
  EXPECT_FALSE(check_name("é"));
  EXPECT_TRUE(check_name(std::string(64, 'a')));
  EXPECT_FALSE(check_name(std::string(65, 'a')));
  EXPECT_TRUE(check_point_name("power_l1"));
  EXPECT_FALSE(check_point_name("power-l1"));
}

TEST(Patterns, MatchWithStars) {
  EXPECT_TRUE(matches_pattern("energy_*", "energy_import"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("*_l1", "power_l1"));
  EXPECT_TRUE(matches_pattern("a*b*c", "aXbXbXc"));
  EXPECT_TRUE(matches_pattern("a", "a"));
  EXPECT_FALSE(matches_pattern("energy_*", "power"));
  EXPECT_FALSE(matches_pattern("a*b", "aXc"));
  EXPECT_FALSE(matches_pattern("", "a"));
}

}  // namespace
}  // namespace sluice::config
