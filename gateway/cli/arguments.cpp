#include "gateway/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <map>

namespace sluice::cli {

namespace {

void add_places(CLI::App& command, Places& places) {
  command.add_option("-c,--config", places.site, "Site file")->capture_default_str();
  command.add_option("--drivers", places.drivers, "Directory with driver plugins, before the shipped ones");
  command.add_option("--mappings", places.mappings, "Directory with mapping files, before the shipped ones");
}

const std::map<std::string, log::Level> kLevels{{"debug", log::Level::debug},
                                                {"info", log::Level::info},
                                                {"warning", log::Level::warning},
                                                {"error", log::Level::error}};

CLI::App* add_run(CLI::App& program, RunOptions& options) {
  auto* command = program.add_subcommand("run", "Run the gateway until SIGTERM or SIGINT");
  add_places(*command, options.places);
  command->add_option("--data", options.places.data, "Directory of the store")->capture_default_str();
  command
      ->add_option_function<std::string>(
          "--log", [&options](const std::string& word) { options.log_level = kLevels.at(word); },
          "Least severe lines to log: debug, info, warning or error; info unless given")
      ->check(CLI::IsMember(kLevels).description(""));
  command->footer("Example: sluice run -c /etc/sluice/sluice.yaml --data /var/lib/sluice");
  return command;
}

CLI::App* add_check(CLI::App& program, CheckOptions& options) {
  auto* command =
      program.add_subcommand("check", "Say what is wrong with the files, or what they will do; opens nothing");
  add_places(*command, options.places);
  command->footer("Example: sluice check -c ./sluice.yaml");
  return command;
}

CLI::App* add_read(CLI::App& program, ReadOptions& options) {
  auto* command = program.add_subcommand("read", "Read a device once");
  add_places(*command, options.places);
  command->add_option("device", options.device, "Device of the site file");
  command->add_option("points", options.points, "Its points; all when none is named");
  auto* port = command->add_option("--port", options.port, "Serial port, instead of a device of the site file");
  auto* host = command->add_option("--host", options.host, "ADDRESS[:PORT] of a Modbus TCP server, likewise");
  port->excludes(host);
  command->add_option("--serial", options.serial, "Baud rate and frame")->capture_default_str();
  command->add_option("--unit", options.unit, "Unit address")->check(CLI::Range(0, 255))->capture_default_str();
  for (const auto* table : {"coil", "discrete", "input", "holding"}) {
    command
        ->add_option_function<int>(
            std::string("--") + table,
            [&options, table](int first) {
              options.table = table;
              options.first = first;
            },
            std::string("First ") + table + " to read, counted from 0")
        ->check(CLI::Range(0, 65535));
  }
  command->add_option("--count", options.count, "How many values")->check(CLI::Range(1, 125))->capture_default_str();
  command->add_option("--as", options.type, "Type of the values")->capture_default_str();
  command->add_option("--order", options.order, "Word and byte order")->capture_default_str();
  command->footer(
      "Examples: sluice read meter-1 power_total\n"
      "          sluice read --port /dev/ttyUSB0 --serial 9600-8N1 --unit 1 --input 0 --count 3 --as float32");
  return command;
}

CLI::App* add_simulate(CLI::App& program, SimulateOptions& options) {
  auto* command = program.add_subcommand("simulate", "Be the devices of mapping files, with moving values");
  command->add_option("devices", options.devices, "MAPPING or MAPPING:UNIT")->required();
  command->add_option("--mappings", options.places.mappings, "Directory with mapping files, before the shipped ones");
  command->add_option("--drivers", options.places.drivers, "Directory with driver plugins, before the shipped ones");
  auto* where = command->add_option_group("where", "Where they answer");
  where->add_option("--pty", options.pty, "Make a pseudo terminal and link it here");
  where->add_option("--port", options.port, "An existing serial port");
  where->add_option("--listen", options.listen, "ADDRESS:PORT, Modbus TCP");
  where->require_option(1);
  command->add_option("--serial", options.serial, "Baud rate and frame")->capture_default_str();
  command->footer("Example: sluice simulate eastron-sdm630:1 eastron-sdm630:2 --pty /tmp/line-a");
  return command;
}

CLI::App* add_demo(CLI::App& program, DemoArguments& options) {
  auto* command = program.add_subcommand("demo", "Show the main job without hardware; needs Debian's mosquitto");
  command->add_option("--seconds", options.seconds, "How long")->check(CLI::Range(15, 3600))->capture_default_str();
  command->footer("Example: sluice demo --seconds 60");
  return command;
}

CLI::App* add_version(CLI::App& program, VersionOptions& options) {
  auto* command = program.add_subcommand("version", "Print the versions of the program and its libraries");
  command->add_flag("--json", options.json, "As one JSON object");
  command->footer("Example: sluice version --json");
  return command;
}

// CLI11 leaves to its user what does not depend on one option alone.
std::string find_contradiction(const ReadOptions& options) {
  if (options.ad_hoc() && !options.device.empty()) return "read: name a device, or --port or --host, not both";
  if (!options.ad_hoc() && options.device.empty()) return "read: name a device of the site file, or --port or --host";
  if (options.ad_hoc() && options.table.empty())
    return "read: say which registers: --input, --holding, --coil or --discrete";
  return {};
}

}  // namespace

Arguments parse_arguments(int argc, char** argv) {
  CLI::App program("sluice: field buses to MQTT, with nothing lost", "sluice");
  program.require_subcommand(1);
  program.footer(
      "Exit codes: 0 done, 1 failed at run time, 2 files or arguments wrong, 75 another instance owns the store");

  RunOptions run;
  CheckOptions check;
  ReadOptions read;
  SimulateOptions simulate;
  DemoArguments demo;
  VersionOptions version;
  const auto* run_command = add_run(program, run);
  const auto* check_command = add_check(program, check);
  const auto* read_command = add_read(program, read);
  const auto* simulate_command = add_simulate(program, simulate);
  const auto* demo_command = add_demo(program, demo);
  add_version(program, version);

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Answered{program.exit(error) == 0 ? kDone : kInvalid};
  }
  if (*run_command) return run;
  if (*check_command) return check;
  if (*simulate_command) return simulate;
  if (*demo_command) return demo;
  if (!*read_command) return version;
  if (const auto contradiction = find_contradiction(read); !contradiction.empty()) {
    std::cerr << contradiction << "\nRun with --help for more information.\n";
    return Answered{kInvalid};
  }
  return read;
}

}  // namespace sluice::cli
