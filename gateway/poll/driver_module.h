// Driver plugins: finding them by name, opening them, and refusing those that do not keep to the
// contract of drivers/sdk/driver.h. A plugin runs inside our process: what is checked here keeps
// out mistakes, not malice; directories must belong to root.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/setting.h"

struct sluice_driver;  // drivers/sdk/driver.h

namespace sluice {

/// One loaded plugin. Cheap to copy; the code behind it stays loaded until the process ends, as
/// threads may still be inside it.
class DriverModule {
 public:
  /// Opens sluice-driver-<name>.so from the first directory that has it. The error is one sentence:
  /// no such file (with the names that there are), not a shared object, no entry symbol, another
  /// ABI, a missing function, a settings table that makes no sense, a name unlike its file's.
  static Result<DriverModule> load(std::string_view name, const std::vector<std::filesystem::path>& directories);

  const DriverSpec& spec() const { return spec_; }
  const std::string& version() const { return version_; }
  const std::string& sentence() const { return sentence_; }
  const std::filesystem::path& path() const { return path_; }
  bool can_simulate() const;

  /// The plugin's own table; all functions that the contract requires are there.
  const sluice_driver& table() const { return *table_; }

 private:
  DriverModule() = default;

  const sluice_driver* table_ = nullptr;
  DriverSpec spec_;
  std::string version_;
  std::string sentence_;
  std::filesystem::path path_;
};

/// The names of all drivers in the directories, sorted, each once.
std::vector<std::string> available_drivers(const std::vector<std::filesystem::path>& directories);

}  // namespace sluice
