// The commands of the program that end by themselves, and what it says about files that are wrong.
#include <gtest/gtest.h>

#include "tests/system/bench_site.h"

namespace sluice::testing {
namespace {

using Arguments = std::vector<std::string>;

/// How often a text holds `FILE:LINE:COLUMN: `, whatever the column.
int complaints_about(const std::string& text, const std::string& file, int line) {
  const auto place = fmt::format("{}:{}:", file, line);
  int count = 0;
  for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at + 1)) {
    const auto column = at + place.size();
    const auto end = text.find_first_not_of("0123456789", column);
    count += end != std::string::npos && end > column && text.substr(end, 2) == ": " ? 1 : 0;
  }
  return count;
}

Outcome run_site(const TempDir& folder, const std::string& site, const Arguments& more = {}) {
  Arguments arguments{"run", "-c", folder.file("site.yaml", site).string(), "--data", folder.folder("data").string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_sluice(arguments);
}

TEST(WrongFiles, AreToldAllAtOnceWithTheirPlaces) {
  TempDir folder;
  folder.file("meter.yaml",
              "device: Meter\n"
              "protocol: modbus\n"
              "points:\n"
              "  level: { table: input, regster: 0 }\n"      // 4: misspelt, and so missing
              "  power: { table: inputs, register: 1 }\n");  // 5: no such table
  const auto outcome = run_site(folder,
                                "gateway: plant\n"
                                "buses:\n"
                                "  line-a:\n"
                                "    driver: modbus\n"
                                "    transport: rtu\n"
                                "    port: /dev/null\n"
                                "    serial: 19200-8X1\n"  // 7: no such parity
                                "    devices:\n"
                                "      meter-1: { unit: 1, mapping: ./meter.yaml, evry: 5s }\n"  // 9: misspelt
                                "      meter-2: { unit: 300, mapping: ./meter.yaml }\n"          // 10: out of range
                                "broker:\n"
                                "  listen: [ \"mqtt://127.0.0.1:99999\" ]\n");  // 12: no such port
  EXPECT_EQ(outcome.exit_code, 2);
  for (const int line : {7, 9, 10, 12}) {
    EXPECT_GE(complaints_about(outcome.errors, "site.yaml", line), 1) << "line " << line << " of:\n" << outcome.errors;
  }
  for (const int line : {4, 5}) {
    EXPECT_GE(complaints_about(outcome.errors, "meter.yaml", line), 1) << "line " << line << " of:\n" << outcome.errors;
  }
  EXPECT_NE(outcome.errors.find("every"), std::string::npos) << "the nearest right key is not named";
}

TEST(WrongFiles, ThatAreNoYamlAreToldWithThePlace) {
  TempDir folder;
  const auto outcome = run_site(folder, "gateway: plant\nbroker: [ \n");
  EXPECT_EQ(outcome.exit_code, 2);
  // The list that is never closed may be complained about where it begins or where the file ends.
  const auto& text = outcome.errors;
  EXPECT_GE(complaints_about(text, "site.yaml", 2) + complaints_about(text, "site.yaml", 3), 1) << text;
}

TEST(WrongFiles, ThatAreNotThereAreNamed) {
  const auto outcome = run_sluice({"run", "-c", "/nowhere/site.yaml"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.errors.find("/nowhere/site.yaml"), std::string::npos) << outcome.errors;
}

TEST(WrongDriver, IsNamedWhenThereIsNoSuch) {
  TempDir folder;
  const auto outcome = run_site(folder, "gateway: plant\nbuses:\n  line-a:\n    driver: nosuch\n    devices: {}\n");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_GE(complaints_about(outcome.errors, "site.yaml", 4), 1) << outcome.errors;
  EXPECT_NE(outcome.errors.find("nosuch"), std::string::npos) << outcome.errors;
  EXPECT_NE(outcome.errors.find("modbus"), std::string::npos) << "what there is, is not named: " << outcome.errors;
}

TEST(WrongDriver, IsRefusedWithASentenceWhenItsInterfaceIsAnotherOne) {
  TempDir folder;
  const auto outcome = run_site(folder, "gateway: plant\nbuses:\n  line-a:\n    driver: future\n    devices: {}\n",
                                {"--drivers", SLUICE_WRONG_DRIVERS});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.errors.find("sluice-driver-future.so"), std::string::npos) << outcome.errors;
  EXPECT_NE(outcome.errors.find("version 2 of the driver interface"), std::string::npos) << outcome.errors;
}

TEST(Check, OpensNothingAndSaysWhatTheFilesWillDo) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  const auto site =
      folder.file("site.yaml", site_text(bus_text("line-a", "/dev/nowhere", {1}), kCommands + cloud_text(1)));
  const auto outcome = run_sluice({"check", "-c", site.string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("line-a"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("meter-1"), std::string::npos) << outcome.output;
}

TEST(Check, AcceptsTheShippedSiteFile) {
  const auto outcome = run_sluice({"check", "-c", SLUICE_SAMPLE_SITE});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
}

TEST(Check, ComplainsLikeRun) {
  TempDir folder;
  const auto site = folder.file("site.yaml", "gateway: plant\nbrocker: {}\n");
  const auto outcome = run_sluice({"check", "-c", site.string()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_GE(complaints_about(outcome.output + outcome.errors, "site.yaml", 2), 1) << outcome.output << outcome.errors;
}

TEST(Read, ShowsTheValueOfADevicesPoint) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  ModbusLine line(folder.path() / "line-a", "1");
  line.float32(1, "input", 0, 230.2F);
  const auto site = folder.file("site.yaml", site_text(bus_text("line-a", folder.path() / "line-a", {1})));
  const auto outcome = run_sluice({"read", "-c", site.string(), "meter-1", "voltage"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("230.2"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find('V'), std::string::npos) << outcome.output;
}

TEST(Read, ShowsRegistersWithoutAnyFile) {
  TempDir folder;
  ModbusLine line(folder.path() / "line-a", "7");
  line.tell("set 7 holding 100 4711");
  const auto outcome = run_sluice({"read", "--port", (folder.path() / "line-a").string(), "--serial", "9600-8N1",
                                   "--unit", "7", "--holding", "100"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("4711"), std::string::npos) << outcome.output;
}

TEST(Read, FailsWithTheReasonWhenTheDeviceIsSilent) {
  TempDir folder;
  ModbusLine line(folder.path() / "line-a", "7");
  line.tell("mute 7");
  const auto outcome = run_sluice({"read", "--port", (folder.path() / "line-a").string(), "--serial", "9600-8N1",
                                   "--unit", "7", "--holding", "100"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
  EXPECT_NE((outcome.output + outcome.errors).find("timeout"), std::string::npos) << outcome.output << outcome.errors;
}

TEST(Version, IsThatOfTheProject) {
  const auto outcome = run_sluice({"version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.output.find(SLUICE_VERSION), std::string::npos) << outcome.output;
}

TEST(Help, IsThereForEachCommandWithAnExample) {
  EXPECT_EQ(run_sluice({"--help"}).exit_code, 0);
  for (const auto* command : {"run", "check", "read", "simulate", "demo", "version"}) {
    const auto outcome = run_sluice({command, "--help"});
    EXPECT_EQ(outcome.exit_code, 0) << command;
    EXPECT_NE(outcome.output.find("Example"), std::string::npos) << command;
  }
}

TEST(WrongArguments, EndWithExitCodeTwo) {
  for (const auto& arguments :
       {Arguments{}, Arguments{"fly"}, Arguments{"run", "--nosuch"}, Arguments{"read"}, Arguments{"simulate"}}) {
    const auto outcome = run_sluice(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << fmt::format("{}", fmt::join(arguments, " "));
    EXPECT_FALSE(outcome.errors.empty());
  }
}

}  // namespace
}  // namespace sluice::testing
