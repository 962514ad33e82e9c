// Starting, stopping, and not starting twice.
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/system/bench_site.h"

namespace sluice::testing {
namespace {

TEST(Lifecycle, EndsWithinFiveSecondsOfSigterm) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  ModbusLine line(folder.path() / "line-a", "1");
  Cloud cloud(folder);
  GatewayUnderTest gateway(folder,
                           site_text(bus_text("line-a", folder.path() / "line-a", {1}), cloud_text(cloud.port())));
  gateway.start();
  EXPECT_EQ(gateway.stop(seconds(5)), 0) << gateway.log();
}

TEST(Lifecycle, EndsWithinFiveSecondsWhileACloudAndADeviceAreSilent) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  ModbusLine line(folder.path() / "line-a", "1");
  line.tell("mute 1");
  ReservedPort nobody;
  GatewayUnderTest gateway(folder,
                           site_text(bus_text("line-a", folder.path() / "line-a", {1}), cloud_text(nobody.number())));
  gateway.start();
  EXPECT_EQ(gateway.stop(seconds(5)), 0) << gateway.log();
}

TEST(Lifecycle, ObeysCtrlC) {
  TempDir folder;
  GatewayUnderTest gateway(folder, site_text(""));
  gateway.start();
  gateway.process().signal(SIGINT);
  EXPECT_EQ(gateway.process().wait_until(monotonic_now() + seconds(5)), (cli::Ending{false, 0})) << gateway.log();
}

TEST(Lifecycle, DoesNotStartASecondTimeOnOneStore) {
  TempDir folder;
  GatewayUnderTest gateway(folder, site_text(""));
  gateway.start();
  const auto second = run_sluice({"run", "-c", gateway.site().string(), "--data", gateway.data().string()});
  EXPECT_EQ(second.exit_code, 75) << second.errors;
  EXPECT_NE(second.errors.find(gateway.data().string()), std::string::npos) << second.errors;
  EXPECT_EQ(gateway.stop(), 0) << gateway.log();
}

TEST(Lifecycle, StartsAgainOnTheStoreOfAKilledOne) {
  TempDir folder;
  GatewayUnderTest gateway(folder, site_text(""));
  gateway.start();
  gateway.kill();
  gateway.start();
  EXPECT_EQ(gateway.stop(), 0) << gateway.log();
}

TEST(Lifecycle, FailsWithASentenceWhenItsPortIsTaken) {
  TempDir folder;
  Cloud other(folder);
  const auto site = folder.file(
      "site.yaml", fmt::format("gateway: plant\nbroker:\n  listen: [ \"mqtt://127.0.0.1:{}\" ]\n", other.port()));
  const auto outcome = run_sluice({"run", "-c", site.string(), "--data", folder.folder("data").string()});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.errors;
  EXPECT_NE(outcome.errors.find(std::to_string(other.port())), std::string::npos) << outcome.errors;
}

}  // namespace
}  // namespace sluice::testing
