#include "gateway/config/yaml.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

/// What is wrong with a text; empty when nothing is.
std::string fault(const std::string& text) {
  Complaints complaints;
  const auto node = parse_yaml(text, "f", complaints);
  EXPECT_EQ(node.has_value() && complaints.empty(), complaints.empty());
  return complaints.empty() ? "" : complaints.lines()[0];
}

Node read(const std::string& text) {
  Complaints complaints;
  auto node = parse_yaml(text, "f", complaints);
  EXPECT_TRUE(node && complaints.empty()) << text;
  return node.value_or(Node{});
}

TEST(Yaml, KnowsThePlaceOfEveryKeyAndValue) {
  const auto root = read("a:\n  bc: [ 1,\n    2 ]\n");
  const auto& entry = root.find("a")->entries[0];
  EXPECT_EQ(entry.place.line, 2u);
  EXPECT_EQ(entry.place.column, 3u);
  EXPECT_EQ(entry.value.items[1].place.line, 3u);
  EXPECT_EQ(entry.value.items[1].place.column, 5u);
}

TEST(Yaml, TellsQuotedTextFromPlain) {
  const auto root = read("a: 1\nb: \"1\"\nc: '1'\nd: |\n  1\ne:\nf: ~\ng: \"\"\n");
  EXPECT_FALSE(root.find("a")->quoted);
  EXPECT_TRUE(root.find("b")->quoted);
  EXPECT_TRUE(root.find("c")->quoted);
  EXPECT_TRUE(root.find("d")->quoted);
  EXPECT_TRUE(root.find("e")->is_empty());
  EXPECT_TRUE(root.find("f")->is_empty());
  EXPECT_TRUE(root.find("g")->is_scalar());
}

TEST(Yaml, RefusesAKeyThatStandsTwiceWithBothPlaces) {
  EXPECT_EQ(fault("a:\n  b: 1\n  c: 2\n  b: 3\n"),
            "f:4:3: a.b: stands here twice, first in line 2 column 3; one of them has to go");
}

TEST(Yaml, RefusesASecondDocument) {
  EXPECT_EQ(fault("a: 1\n---\nb: 2\n"), "f:2:1: a second document begins here; a file holds one");
}

TEST(Yaml, RefusesAFileThatSaysNothing) {
  for (const auto* text : {"", "\n\n", "# only a comment\n", "---\n", "~\n"})
    EXPECT_EQ(fault(text), "f: is empty") << text;
}

TEST(Yaml, RefusesWhatIsTooDeepOrTooMuch) {
  EXPECT_NE(fault(std::string(20'000, '[')), "");
  std::string deep;
  for (int i = 0; i < 70; ++i) deep += "{a: ";
  EXPECT_NE(fault(deep + "1" + std::string(70, '}')).find("nested deeper than 64"), std::string::npos);
  std::string fits;
  for (int i = 0; i < 63; ++i) fits += "{a: ";
  EXPECT_EQ(fault(fits + "1" + std::string(63, '}')), "");
}

TEST(Yaml, CountsThroughAliasesSoThatABombDoesNotGoOff) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int level = 1; level < 9; ++level) {
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
    for (int i = 0; i < 9; ++i) bomb += (i > 0 ? ",*a" : "*a") + std::to_string(level - 1);
    bomb += "]\n";
  }
  EXPECT_NE(fault(bomb).find("more than 100000 values"), std::string::npos);
}

TEST(Yaml, CountsEachUseOfAnAnchor) {
  const auto uses = [](int count) {
    std::string text = "a: &a [";
    for (int i = 0; i < 99; ++i) text += "x,";
    text += "x]\nb: [";
    for (int i = 0; i < count; ++i) text += "*a,";
    return text + "]\n";
  };
  EXPECT_EQ(fault(uses(980)), "");
  EXPECT_NE(fault(uses(1000)), "");
}

TEST(Yaml, ExpandsAnchorsAndMerges) {
  const auto root =
      read("a: &base { x: 1, y: 2 }\nb: { <<: *base, y: 3 }\nc: { y: 4, <<: [ *base, { z: 5, x: 6 } ] }\n");
  EXPECT_EQ(root.find("b")->find("x")->text, "1");
  EXPECT_EQ(root.find("b")->find("y")->text, "3");
  EXPECT_EQ(root.find("c")->find("x")->text, "1");
  EXPECT_EQ(root.find("c")->find("y")->text, "4");
  EXPECT_EQ(root.find("c")->find("z")->text, "5");
  EXPECT_NE(fault("a: { <<: 5 }"), "");
  EXPECT_EQ(fault("a: &x [ *x ]"), "f:1:9: the alias stands inside of what it names");
}

TEST(Yaml, AcceptsAByteOrderMarkAndCarriageReturns) {
  const auto root = read(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: \"x\"\r\n");
  EXPECT_EQ(root.find("a")->text, "1");
  EXPECT_EQ(root.find("b")->text, "x");
}

TEST(Yaml, SaysPlainlyWhatIsNoYaml) {
  EXPECT_EQ(fault("a:\n\tb: 1\n"), "f:2:3: lines are indented with blanks, not with tabs");
  EXPECT_NE(fault("a: *nobody\n").find("no anchor of this name"), std::string::npos);
  EXPECT_NE(fault("a: @x\n").find("needs quotes"), std::string::npos);
  EXPECT_NE(fault("a: !tag x\n").find("needs quotes"), std::string::npos);
  EXPECT_EQ(fault("ok: 1\na: \xFF\n"), "f:2:1: holds bytes that are not UTF-8 text; save the file as UTF-8");
  EXPECT_NE(fault(std::string("a: \0b\n", 6)).find("not UTF-8"), std::string::npos);
  EXPECT_NE(fault("a: { x: 1\n").find("is no YAML"), std::string::npos);
  EXPECT_NE(fault("? [ a ]\n: b\n").find("a key is a text"), std::string::npos);
}

TEST(Yaml, RefusesAFileThatWasCutOffInsideAQuote) {
  EXPECT_EQ(fault("a: \"half of a te\n"), "f:1:4: the quote that opens here is never closed");
  EXPECT_NE(fault("a: 'it''s"), "");
  EXPECT_EQ(fault("a: 'it''s'\nb: \"q\\\"\"\n"), "");
}

TEST(Yaml, EndsCleanlyWhereverAFileIsCutOff) {
  const std::string whole = "a: &x { b: [ 1, \"2\" ], c: 'd' }\ne:\n  - *x\n  - { <<: *x, f: |\n      g }\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    Complaints complaints;
    const auto node = parse_yaml(whole.substr(0, length), "f", complaints);
    EXPECT_TRUE(node || !complaints.empty()) << length;
  }
}

}  // namespace
}  // namespace sluice::config
