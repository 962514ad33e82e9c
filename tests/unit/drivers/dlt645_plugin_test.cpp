// The plugin as the gateway loads it.
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/poll/driver_module.h"

namespace sluice {
namespace {

TEST(Dlt645Plugin, LoadsAndDeclaresItsKeys) {
  const auto module = DriverModule::load("dlt645", {SLUICE_TEST_DRIVERS});
  ASSERT_TRUE(module.ok()) << module.error().text;
  EXPECT_TRUE(module->can_simulate());
  const auto has = [](const std::vector<SettingSpec>& specs, std::string_view name, std::string_view fallback) {
    return std::ranges::any_of(specs, [&](const auto& spec) { return spec.name == name && spec.fallback == fallback; });
  };
  const auto& spec = module->spec();
  EXPECT_TRUE(has(spec.bus, "serial", "2400-8E1"));
  EXPECT_TRUE(has(spec.bus, "preamble", "4"));
  EXPECT_TRUE(has(spec.device, "version", "2007"));
  EXPECT_TRUE(has(spec.point, "type", "bcd"));
}

}  // namespace
}  // namespace sluice
