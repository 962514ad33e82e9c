#include "gateway/base/json.h"

#include <gtest/gtest.h>

namespace sluice::json {
namespace {

std::string refusal(std::string_view text) {
  const auto node = parse(text, 4);
  return node ? "" : node.error().text;
}

TEST(Json, KeepsWholeNumbersWholeAt64Bits) {
  EXPECT_EQ(std::get<std::int64_t>(parse("-9223372036854775808")->is), INT64_MIN);
  EXPECT_EQ(std::get<std::int64_t>(parse("7")->is), 7);
  EXPECT_EQ(std::get<std::uint64_t>(parse("18446744073709551615")->is), UINT64_MAX);
  EXPECT_EQ(std::get<double>(parse("230.2")->is), 230.2);
  EXPECT_EQ(std::get<double>(parse("1e3")->is), 1000.0);
}

TEST(Json, ReadsObjectsAndListsInTheirOrder) {
  const auto root = *parse(R"({"b":[1,true,null],"a":{"x":"é"}})");
  const auto& members = std::get<Object>(root.is);
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].name, "b");
  EXPECT_EQ(std::get<List>(members[0].value.is).size(), 3u);
  const auto& inner = std::get<Object>(members[1].value.is);
  EXPECT_EQ(std::get<std::string>(inner[0].value.is), "é");
}

TEST(Json, RefusesWhatIsNotStrictlyJson) {
  for (const auto* text :
       {"", "{", "{\"a\":1,}", "[1 2]", "01", "NaN", "+1", "'a'", "{a:1}", "1 2", "{} x", "// c\n1"}) {
    EXPECT_NE(refusal(text).find("is no JSON"), std::string::npos) << text;
  }
  EXPECT_NE(refusal("\"\xFF\""), "");
  EXPECT_NE(refusal("\"\xED\xA0\x80\""), "");
}

TEST(Json, RefusesANameThatStandsTwice) { EXPECT_EQ(refusal(R"({"a":1,"b":2,"a":3})"), "has `a` twice"); }

TEST(Json, RefusesNumbersThatNothingHolds) {
  EXPECT_EQ(refusal("1e999"), "has a number that is too large");
  EXPECT_EQ(refusal("123456789012345678901234567890"), "has a number beyond 64 bits");
}

TEST(Json, RefusesWhatIsNestedTooDeep) {
  EXPECT_EQ(refusal("[[[[1]]]]"), "");
  EXPECT_EQ(refusal("[[[[[1]]]]]"), "is nested too deep");
  EXPECT_EQ(refusal(std::string(100'000, '[')), "is nested too deep");
}

TEST(Json, WritesTextsThatReadBackTheSame) {
  const std::string text = "a \"b\" \\ \n \x01 \x7F é";
  std::string quoted;
  append_quoted(quoted, text);
  EXPECT_EQ(quoted, "\"a \\\"b\\\" \\\\ \\u000a \\u0001 \\u007f é\"");
  EXPECT_EQ(std::get<std::string>(parse(quoted)->is), text);
}

}  // namespace
}  // namespace sluice::json
