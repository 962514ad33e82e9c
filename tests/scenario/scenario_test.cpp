#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "gateway/poll/driver_module.h"
#include "tests/scenario/transcript.h"

namespace sluice::scenario {
namespace {

namespace fs = std::filesystem;

config::DriverCatalog catalog() {
  const auto modbus = DriverModule::load("modbus", {DRIVER_DIRECTORY});
  EXPECT_TRUE(modbus.ok());
  return modbus ? config::DriverCatalog({modbus->spec()}) : config::DriverCatalog{};
}

std::vector<fs::path> folders() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(SCENARIO_CASES)) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::string name_of(const testing::TestParamInfo<fs::path>& info) {
  auto name = info.param.filename().native();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

/// With SCENARIO_WRITE set, what happened is written into the folders, to be read before it is
/// committed; the test then compares as always.
void write_down(const fs::path& folder, const Outcome& outcome) {
  if (std::getenv("SCENARIO_WRITE") == nullptr) return;
  if (!outcome.complaints.empty()) {
    std::ofstream(folder / "refused.txt") << joined(outcome.complaints);
  } else {
    std::ofstream(folder / "expected.txt") << joined(outcome.messages);
    if (fs::exists(folder / "plan.txt")) std::ofstream(folder / "plan.txt") << joined(outcome.plan);
  }
}

class Scenario : public testing::TestWithParam<fs::path> {};

TEST_P(Scenario, IsActedOutAsWritten) {
  const auto& folder = GetParam();
  const auto outcome = act_out(folder, catalog(), SHIPPED_MAPPINGS);
  write_down(folder, outcome);

  EXPECT_EQ(joined(outcome.complaints), joined(read_lines(folder / "refused.txt")));
  EXPECT_EQ(joined(outcome.messages), joined(read_lines(folder / "expected.txt")));
  if (fs::exists(folder / "plan.txt")) {
    EXPECT_EQ(joined(outcome.plan), joined(read_lines(folder / "plan.txt")));
  }
  ASSERT_TRUE(fs::exists(folder / "refused.txt") || fs::exists(folder / "expected.txt")) << "expects nothing at all";
}

INSTANTIATE_TEST_SUITE_P(Cases, Scenario, testing::ValuesIn(folders()), name_of);

}  // namespace
}  // namespace sluice::scenario
