// A mapping file: one device model, no address, no site.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/setting.h"
#include "gateway/config/complaint.h"
#include "gateway/config/load_site.h"
#include "gateway/config/point_keys.h"

namespace sluice::mapping {

/// A golden frame: what is asked, what is answered, and what a point then is.
struct Proof {
  std::string ask;  // bytes as hex, separated by blanks
  std::string answer;
  std::string point;
  std::string is;  // the value as text
};

/// Recognises the device: the point's value lies between two numbers.
struct Probe {
  std::string point;
  config::NumberRange between;
};

struct DeviceMapping {
  std::string device;
  std::string source;
  std::string protocol;  // the name of a driver
  std::string serial;    // as shipped, such as 9600-8N1; empty: not said
  SettingValues reading;
  config::PointKeys defaults;
  std::vector<config::PointKeys> points;  // in the order of the file
  std::optional<Probe> probe;
  std::vector<Proof> proof;
  std::filesystem::path file;
};

/// Where `name` is: beside `named_by` when it begins with a dot, else `<name>.yaml` in the first
/// directory that has it. Nothing when there is none.
std::optional<std::filesystem::path> find_mapping(const std::string& name, const std::filesystem::path& named_by,
                                                  const std::vector<std::filesystem::path>& directories);

/// Nothing when the file cannot be read or names no known protocol; otherwise what could be
/// understood, and complaints about the rest.
std::optional<DeviceMapping> load_mapping(const std::filesystem::path& path, const config::DriverCatalog& drivers,
                                          config::Complaints& complaints);

}  // namespace sluice::mapping
