#include "gateway/cli/arguments.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

Arguments parse(std::vector<std::string> words) {
  words.insert(words.begin(), "sluice");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

int exit_code_of(const Arguments& arguments) {
  const auto* answered = std::get_if<Answered>(&arguments);
  return answered == nullptr ? -1 : answered->exit_code;
}

TEST(Arguments, RunTakesTheSiteFileAndWhereTheStoreIs) {
  const auto arguments =
      parse({"run", "-c", "/tmp/site.yaml", "--data", "/tmp/store", "--drivers", "/a", "--drivers", "/b"});
  const auto& run = std::get<RunOptions>(arguments);
  EXPECT_EQ(run.places.site, "/tmp/site.yaml");
  EXPECT_EQ(run.places.data, "/tmp/store");
  EXPECT_EQ(run.places.drivers, (std::vector<std::filesystem::path>{"/a", "/b"}));
}

TEST(Arguments, ReadTakesADeviceAndItsPoints) {
  const auto arguments = parse({"read", "meter-1", "power_total", "voltage_l1"});
  const auto& read = std::get<ReadOptions>(arguments);
  EXPECT_EQ(read.device, "meter-1");
  EXPECT_EQ(read.points, (std::vector<std::string>{"power_total", "voltage_l1"}));
}

TEST(Arguments, ReadTakesRegistersOfAPort) {
  const auto arguments =
      parse({"read", "--port", "/dev/ttyS0", "--unit", "7", "--input", "52", "--count", "2", "--as", "float32"});
  const auto& read = std::get<ReadOptions>(arguments);
  EXPECT_TRUE(read.ad_hoc());
  EXPECT_EQ(read.table, "input");
  EXPECT_EQ(read.first, 52);
  EXPECT_EQ(read.unit, 7);
  EXPECT_EQ(read.type, "float32");
}

TEST(Arguments, WhatIsWrongIsAnsweredWithTwo) {
  EXPECT_EQ(exit_code_of(parse({})), kInvalid);
  EXPECT_EQ(exit_code_of(parse({"fly"})), kInvalid);
  EXPECT_EQ(exit_code_of(parse({"run", "--nonsense"})), kInvalid);
  EXPECT_EQ(exit_code_of(parse({"read"})), kInvalid);
  EXPECT_EQ(exit_code_of(parse({"read", "--port", "/dev/ttyS0"})), kInvalid);
  EXPECT_EQ(exit_code_of(parse({"read", "meter-1", "--port", "/dev/ttyS0", "--input", "0"})), kInvalid);
  EXPECT_EQ(exit_code_of(parse({"read", "--port", "/dev/ttyS0", "--unit", "300", "--input", "0"})), kInvalid);
  EXPECT_EQ(exit_code_of(parse({"simulate", "some-mapping"})), kInvalid);
  EXPECT_EQ(exit_code_of(parse({"run", "--log", "loud"})), kInvalid);
}

TEST(Arguments, HelpIsNoMistake) {
  EXPECT_EQ(exit_code_of(parse({"--help"})), kDone);
  EXPECT_EQ(exit_code_of(parse({"read", "--help"})), kDone);
}

}  // namespace
}  // namespace sluice::cli
