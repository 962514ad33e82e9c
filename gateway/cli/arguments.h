// What was typed, as plain structs, one per sub-command. Opens and changes nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/log.h"

namespace sluice::cli {

/// Exit codes of every sub-command.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kInvalid = 2;
inline constexpr int kInUse = 75;  // EX_TEMPFAIL of sysexits.h: another instance owns the store

/// Where the program finds what belongs to it; the defaults are relative to the program itself.
struct Places {
  std::filesystem::path site = "/etc/sluice/sluice.yaml";
  std::filesystem::path data = "/var/lib/sluice";
  std::vector<std::filesystem::path> drivers;   // searched in order, before the shipped ones
  std::vector<std::filesystem::path> mappings;  // likewise, before /etc/sluice/mappings
};

struct RunOptions {
  Places places;
  log::Level log_level = log::Level::info;
};

struct CheckOptions {
  Places places;
};

/// Either a device of the site file with some or all of its points, or registers of a unit on a port.
struct ReadOptions {
  Places places;
  std::string device;
  std::vector<std::string> points;  // empty: all
  std::string port;                 // ad hoc from here on
  std::string serial = "9600-8N1";
  std::string host;
  int unit = 1;
  std::string table;  // coil, discrete, input, holding
  int first = 0;
  int count = 1;
  std::string type = "uint16";
  std::string order = "ABCD";

  bool ad_hoc() const { return !port.empty() || !host.empty(); }
};

struct SimulateOptions {
  Places places;
  std::vector<std::string> devices;  // MAPPING or MAPPING:UNIT
  std::filesystem::path pty;         // link to the port that a master opens
  std::string port;                  // or an existing serial port
  std::string listen;                // or HOST:PORT for Modbus TCP
  std::string serial = "9600-8N1";
};

struct DemoArguments {
  int seconds = 30;
};

struct VersionOptions {
  bool json = false;
};

/// The command line was answered already: help was printed, or what is wrong with it.
struct Answered {
  int exit_code = kDone;
};

using Arguments =
    std::variant<RunOptions, CheckOptions, ReadOptions, SimulateOptions, DemoArguments, VersionOptions, Answered>;

/// Parses the command line; help goes to standard output, complaints to standard error.
Arguments parse_arguments(int argc, char** argv);

}  // namespace sluice::cli
