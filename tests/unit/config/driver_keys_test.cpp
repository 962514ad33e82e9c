#include "gateway/config/driver_keys.h"

#include <gtest/gtest.h>

#include "gateway/config/yaml.h"

namespace sluice::config {
namespace {

SettingSpec spec(std::string name, SettingType type, std::string fallback = "") {
  SettingSpec spec;
  spec.name = std::move(name);
  spec.type = type;
  spec.fallback = std::move(fallback);
  return spec;
}

/// Keys of every type that a driver can declare.
std::vector<SettingSpec> all_types() {
  auto number = spec("register", SettingType::integer);
  number.min = 0;
  number.max = 65535;
  auto wait = spec("wait", SettingType::duration, "20ms");
  wait.min = 1'000;
  auto table = spec("table", SettingType::choice);
  table.choices = {"input", "holding"};
  auto legal = spec("legal", SettingType::ranges);
  legal.choices = {"input", "holding"};
  return {number,
          wait,
          table,
          legal,
          spec("bits", SettingType::pair),
          spec("factor", SettingType::number),
          spec("swap", SettingType::boolean, "true"),
          spec("note", SettingType::text)};
}

struct Read {
  SettingValues values;
  std::vector<std::string> complaints;
};

Read read(std::string_view yaml, Hex hex = Hex::allowed) {
  Complaints complaints;
  const auto root = parse_yaml(yaml, "f", complaints);
  MapReader map(*root, "p", complaints);
  auto values = read_settings(map, all_types(), hex);
  return {std::move(values), complaints.lines()};
}

TEST(DriverKeys, ReadEveryDeclaredType) {
  const auto [values, complaints] = read(
      "{ register: 0x1F, wait: 1s, table: input, legal: { input: [ [ 0, 9 ], [ 20, 29 ] ], holding: [ 1, 2 ] }, "
      "bits: [ 4, 7 ], factor: 0.5, swap: false, note: hello }");
  EXPECT_TRUE(complaints.empty());
  EXPECT_EQ(find_setting(values, "register")->integer, 31);
  EXPECT_EQ(find_setting(values, "wait")->integer, 1'000'000);
  EXPECT_EQ(find_setting(values, "table")->text, "input");
  const std::vector<KeyedRange> legal{{"input", 0, 9}, {"input", 20, 29}, {"holding", 1, 2}};
  EXPECT_EQ(find_setting(values, "legal")->ranges, legal);
  EXPECT_EQ(find_setting(values, "bits")->ranges, (std::vector<KeyedRange>{{"", 4, 7}}));
  EXPECT_EQ(find_setting(values, "factor")->number, 0.5);
  EXPECT_EQ(find_setting(values, "swap")->integer, 0);
  EXPECT_EQ(find_setting(values, "note")->text, "hello");
}

TEST(DriverKeys, LeaveOutWhatIsWrongAndSayWhatWouldBeRight) {
  const auto [values, complaints] = read(
      "register: 65536\nwait: 1us\ntable: inputs\nlegal: { coil: [ 1, 2 ] }\nbits: 4\nfactor: half\nswap: 1\nnote: [ a "
      "]");
  EXPECT_TRUE(values.empty());
  const std::vector<std::string> expected{
      "f:1:11: p.register: `65536` is not right; it takes a whole number from 0 to 65535",
      "f:2:7: p.wait: `1us` is out of bounds; it takes 1ms or more",
      "f:3:8: p.table: `inputs` is not right; it takes input, holding",
      "f:4:8: p.legal: `coil` is not right; it takes input, holding",
      "f:5:7: p.bits: takes two numbers, [ first, second ]",
      "f:6:9: p.factor: `half` is no number; write it as 0.1, -5 or 1e-3, with 18 digits at most",
      "f:7:7: p.swap: `1` is not right; it takes true or false",
      "f:8:7: p.note: is a list; it takes one value"};
  EXPECT_EQ(complaints, expected);
}

TEST(DriverKeys, TakeHexOnlyWhereItIsAllowed) {
  EXPECT_EQ(read("register: 0x10", Hex::allowed).complaints.size(), 0u);
  EXPECT_EQ(read("register: 0x10", Hex::refused).complaints.size(), 1u);
}

TEST(DriverKeys, FallBackOnlyWhereNothingWasWritten) {
  auto [values, complaints] = read("swap: false");
  add_fallbacks(values, all_types());
  EXPECT_EQ(find_setting(values, "swap")->integer, 0);
  EXPECT_EQ(find_setting(values, "wait")->integer, 20'000);
  EXPECT_EQ(find_setting(values, "note"), nullptr);
}

}  // namespace
}  // namespace sluice::config
