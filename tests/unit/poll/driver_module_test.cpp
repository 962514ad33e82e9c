#include "gateway/poll/driver_module.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace sluice {
namespace {

namespace fs = std::filesystem;

const std::vector<fs::path> kDirectories{"/nonexistent", TEST_DRIVER_DIR};

std::string refusal_of(std::string_view name) {
  const auto module = DriverModule::load(name, kDirectories);
  return module ? "loaded" : module.error().text;
}

TEST(DriverModule, ReadsWhatADriverDeclares) {
  const auto module = DriverModule::load("acted", kDirectories);
  ASSERT_TRUE(module.ok()) << module.error().text;
  EXPECT_EQ(module->version(), "1.2");
  EXPECT_EQ(module->sentence(), "devices that act");
  EXPECT_TRUE(module->can_simulate());
  const auto& spec = module->spec();
  EXPECT_EQ(spec.name, "acted");
  ASSERT_EQ(spec.bus.size(), 2u);
  EXPECT_EQ(spec.bus[0].name, "block");
  EXPECT_EQ(spec.bus[0].type, SettingType::integer);
  EXPECT_EQ(spec.bus[0].fallback, "4");
  EXPECT_EQ(spec.bus[0].max, 64);
  EXPECT_EQ(spec.reading.at(0).type, SettingType::duration);
  EXPECT_EQ(spec.point.at(0).choices, (std::vector<std::string>{"input", "holding"}));
}

TEST(DriverModule, SaysWhichDriversThereAreWhenOneIsMissing) {
  const auto text = refusal_of("modem");
  EXPECT_NE(text.find("no driver 'modem' in /nonexistent, " TEST_DRIVER_DIR), std::string::npos) << text;
  EXPECT_NE(text.find("acted, garbage"), std::string::npos) << text;
}

TEST(DriverModule, KeepsNamesInsideTheirDirectory) {
  for (const auto* name : {"", "../acted", "a/b", "Acted", "acted.so", "a b", "x\n"}) {
    EXPECT_NE(refusal_of(name).find("is no name of a driver"), std::string::npos) << name;
  }
}

TEST(DriverModule, RefusesDriversThatBreakTheContract) {
  const std::pair<const char*, const char*> cases[] = {
      {"no_symbol", "it has no symbol sluice_get_driver"},
      {"wrong_abi", "it is built for version 7 of the driver interface, this gateway has 1"},
      {"small", "its table has an impossible size"},
      {"no_function", "it leaves out a function"},
      {"other_name", "it calls itself 'somebody'"},
      {"no_table", "it returned no table"},
      {"throwing", "it threw an exception"},
      {"null_settings", "its table of bus settings cannot be read"},
      {"twin_hole", "its simulation leaves out a function"},
      {"twice", "its bus setting 'port' is declared twice"},
      {"no_choices", "its bus setting 'parity' has no choices"},
      {"odd_default", "its bus setting 'parity' has a default that is none of its choices"},
      {"odd_type", "its bus setting 'parity' is of no known type"},
      {"no_name", "its bus setting '' needs a name"},
      {"limits", "its bus setting 'unit' has limits that no value meets"},
  };
  for (const auto& [name, why] : cases) {
    const auto text = refusal_of(name);
    EXPECT_NE(text.find(why), std::string::npos) << name << ": " << text;
  }
}

class DriverFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sluice-drivers-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string refusal() { return DriverModule::load("odd", {directory_}).error().text; }
  fs::path file() const { return directory_ / "sluice-driver-odd.so"; }

  fs::path directory_;
};

TEST_F(DriverFile, IsRefusedWhenItIsNoSharedObject) {
  std::ofstream(file()) << std::string(4096, 'x');
  EXPECT_NE(refusal().find("invalid ELF header"), std::string::npos) << refusal();
}

TEST_F(DriverFile, IsRefusedWhenItIsADirectory) {
  fs::create_directory(file());
  EXPECT_NE(refusal().find("it is not a file"), std::string::npos) << refusal();
}

TEST_F(DriverFile, IsRefusedWhenItIsImmense) {
  std::ofstream(file()) << "x";
  fs::resize_file(file(), 100 << 20);
  EXPECT_NE(refusal().find("larger than 64 MiB"), std::string::npos) << refusal();
}

}  // namespace
}  // namespace sluice
