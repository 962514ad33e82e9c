// From the site file to plain structs, with every complaint at once.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/base/setting.h"
#include "gateway/config/complaint.h"
#include "gateway/config/site.h"

namespace sluice::config {

/// What the drivers declare. config cannot see plugins, so whoever loads them passes this in.
class DriverCatalog {
 public:
  DriverCatalog() = default;
  explicit DriverCatalog(std::vector<DriverSpec> specs) : specs_(std::move(specs)) {}

  const DriverSpec* find(std::string_view name) const;
  std::vector<std::string_view> names() const;

 private:
  std::vector<DriverSpec> specs_;
};

struct SiteSurroundings {
  DriverCatalog drivers;
  std::filesystem::path credentials;  // $CREDENTIALS_DIRECTORY; empty: there are none
};

/// Reads and checks the site file, and the secrets it names. Where something is wrong there is a
/// complaint and the site holds whatever could be understood, so that mapping files can be checked
/// in the same go; it must not be run unless `complaints` stayed empty. Opens no port and no
/// connection.
Site load_site(const std::filesystem::path& path, const SiteSurroundings& surroundings, Complaints& complaints);

}  // namespace sluice::config
