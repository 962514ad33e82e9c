// A site as large as they get: 200 devices with 50 points each.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "gateway/mapping/resolve.h"
#include "gateway/poll/driver_module.h"

namespace sluice::mapping {
namespace {

namespace fs = std::filesystem;

TEST(LargeSite, LoadsWithinASecond) {
  std::string name = fs::temp_directory_path() / "sluice-large-XXXXXX";
  const fs::path folder = ::mkdtemp(name.data());
  std::ofstream(folder / "site.yaml") << "gateway: g\nbuses:\n  a: { driver: modbus, transport: tcp, devices: { "
                                         "\"d{1..200}\": { host: \"192.0.2.{1..200}\", mapping: ./m.yaml } } }\n"
                                         "commands: { topic: \"{gateway}/{device}/{point}/set\" }\n";
  std::ofstream mapping(folder / "m.yaml");
  mapping << "device: M\nprotocol: modbus\npoints:\n";
  for (int i = 0; i < 50; ++i) mapping << "  p" << i << ": { table: input, register: " << i << ", scale: 0.1 }\n";
  mapping.close();

  const auto modbus = DriverModule::load("modbus", {DRIVER_DIRECTORY});
  ASSERT_TRUE(modbus.ok());
  const config::SiteSurroundings surroundings{config::DriverCatalog({modbus->spec()}), {}};
  config::Complaints complaints;
  const auto begin = std::chrono::steady_clock::now();
  const auto site = config::load_site(folder / "site.yaml", surroundings, complaints);
  const auto plan = resolve(site, surroundings.drivers, {}, complaints);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fs::remove_all(folder);

  EXPECT_EQ(complaints.lines(), std::vector<std::string>{});
  ASSERT_EQ(plan.buses.size(), 200u);
  EXPECT_EQ(plan.buses[199].devices[0].points.size(), 50u);
  RecordProperty("seconds", std::to_string(took.count()));
  // A second in a release build; builds with sanitizers, on a busy machine, get ten.
  EXPECT_LT(took.count(), 10.0);
}

}  // namespace
}  // namespace sluice::mapping
