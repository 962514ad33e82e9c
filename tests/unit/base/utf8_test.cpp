#include "gateway/base/utf8.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Utf8, AcceptsEveryWellFormedLength) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("plain\x01\x7f"));
  EXPECT_TRUE(is_valid_utf8("\xC2\x80 \xDF\xBF"));
  EXPECT_TRUE(is_valid_utf8("\xE0\xA0\x80 \xEF\xBF\xBF"));
  EXPECT_TRUE(is_valid_utf8("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"));
  EXPECT_TRUE(
      is_valid_utf8("\xEF\xBB\xBF"
                    "after a BOM"));  // MQTT-1.5.4-3
}

TEST(Utf8, RefusesWhatTheStandardForbids) {  // MQTT-1.5.4-1, MQTT-1.5.4-2
  using namespace std::string_view_literals;
  for (const auto text : {"\0"sv, "a\0b"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv,
                          "\xE0\x9F\xBF"sv, "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFF"sv,
                          "\x80"sv, "\xC3"sv, "\xE2\x82"sv, "\xF0\x9F\x98"sv, "\xC3("sv}) {
    EXPECT_FALSE(is_valid_utf8(text)) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace sluice
