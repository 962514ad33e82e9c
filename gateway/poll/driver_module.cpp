#include "gateway/poll/driver_module.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "drivers/sdk/driver.h"
#include "gateway/poll/plugin_output.h"
#include "gateway/poll/plugin_view.h"

namespace sluice {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "sluice-driver-";
constexpr std::string_view kSuffix = ".so";
constexpr std::uintmax_t kLargestFile = 64 << 20;

/// Keeps a name inside its directory.
bool is_driver_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

Error refused(const fs::path& file, std::string_view why) {
  return Error{fmt::format("driver {}: {}", file.string(), why), ErrorKind::invalid};
}

Error not_found(std::string_view name, const std::vector<fs::path>& directories) {
  std::vector<std::string> places;
  for (const auto& directory : directories) places.push_back(directory.string());
  const auto there = available_drivers(directories);
  return Error{fmt::format("there is no driver '{}' in {}; there is: {}", name, fmt::join(places, ", "),
                           there.empty() ? "none" : fmt::format("{}", fmt::join(there, ", "))),
               ErrorKind::invalid};
}

/// What dlopen says begins with the file's name, which our sentence has already.
std::string load_error(const fs::path& file) {
  const char* text = dlerror();
  std::string why = text == nullptr ? "it cannot be loaded" : text;
  const auto prefix = file.string() + ": ";
  if (why.starts_with(prefix)) why.erase(0, prefix.size());
  return why;
}

Result<void*> open_entry(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return refused(file, "it is not a file");
  if (fs::file_size(file, error) > kLargestFile) return refused(file, "it is larger than 64 MiB");
  void* const object = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (object == nullptr) return refused(file, load_error(file));
  void* const symbol = dlsym(object, SLUICE_DRIVER_SYMBOL);
  if (symbol == nullptr) return refused(file, "it has no symbol " SLUICE_DRIVER_SYMBOL);
  return symbol;
}

template <class... Functions>
bool are_all_there(Functions... functions) {
  return (... && (functions != nullptr));
}

/// Size and ABI come first in every version of the table, and nothing else is looked at before.
std::string what_is_wrong_with(const sluice_driver& driver, std::string_view name) {
  if (driver.abi != SLUICE_DRIVER_ABI) {
    return fmt::format("it is built for version {} of the driver interface, this gateway has {}", driver.abi,
                       SLUICE_DRIVER_ABI);
  }
  if (!has_size_of<sluice_driver>(driver.size)) return "its table has an impossible size";
  if (const auto own = plugin_text(driver.name); own != name) return fmt::format("it calls itself '{}'", own);
  if (!are_all_there(driver.create, driver.destroy, driver.add_device, driver.plan_read, driver.plan_write,
                     driver.learn, driver.open, driver.close, driver.perform)) {
    return "it leaves out a function that every driver must have";
  }
  if (driver.twin == nullptr) return {};
  const auto& twin = *driver.twin;
  if (!has_size_of<sluice_twin_api>(twin.size) ||
      !are_all_there(twin.create, twin.destroy, twin.add_device, twin.set, twin.serve, twin.next_written, twin.mute)) {
    return "its simulation leaves out a function";
  }
  return {};
}

Result<DriverSpec> spec_of(const sluice_driver& driver) {
  DriverSpec spec;
  spec.name = driver.name;
  auto bus = settings_from(driver.bus_settings, driver.bus_setting_count, "bus");
  auto device = settings_from(driver.device_settings, driver.device_setting_count, "device");
  auto reading = settings_from(driver.reading_settings, driver.reading_setting_count, "reading");
  auto point = settings_from(driver.point_settings, driver.point_setting_count, "point");
  for (const auto* section : {&bus, &device, &reading, &point}) {
    if (!*section) return section->error();
  }
  spec.bus = std::move(*bus);
  spec.device = std::move(*device);
  spec.reading = std::move(*reading);
  spec.point = std::move(*point);
  return spec;
}

fs::path find_file(std::string_view name, const std::vector<fs::path>& directories) {
  for (const auto& directory : directories) {
    auto file = directory / fmt::format("{}{}{}", kPrefix, name, kSuffix);
    std::error_code error;
    if (fs::exists(file, error)) return file;
  }
  return {};
}

}  // namespace

Result<DriverModule> DriverModule::load(std::string_view name, const std::vector<fs::path>& directories) {
  if (!is_driver_name(name)) {
    return Error{fmt::format("'{}' is no name of a driver: only a-z, 0-9, _ and - can be in it", name),
                 ErrorKind::invalid};
  }
  DriverModule module;
  module.path_ = find_file(name, directories);
  if (module.path_.empty()) return not_found(name, directories);

  const auto symbol = open_entry(module.path_);
  if (!symbol) return symbol.error();
  const auto table = call_plugin(reinterpret_cast<sluice_driver_entry>(*symbol));
  if (!table) return refused(module.path_, "it threw an exception when it was asked for its table");
  if (*table == nullptr) return refused(module.path_, "it returned no table");
  module.table_ = *table;
  if (const auto wrong = what_is_wrong_with(**table, name); !wrong.empty()) return refused(module.path_, wrong);

  auto spec = spec_of(**table);
  if (!spec) return refused(module.path_, spec.error().text);
  module.spec_ = std::move(*spec);
  module.version_ = plugin_text((*table)->version);
  module.sentence_ = plugin_text((*table)->sentence);
  return module;
}

bool DriverModule::can_simulate() const { return table_->twin != nullptr; }

std::vector<std::string> available_drivers(const std::vector<fs::path>& directories) {
  std::vector<std::string> names;
  for (const auto& directory : directories) {
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
      const auto file = entry->path().filename().string();
      if (!file.starts_with(kPrefix) || !file.ends_with(kSuffix)) continue;
      names.push_back(file.substr(kPrefix.size(), file.size() - kPrefix.size() - kSuffix.size()));
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace sluice
