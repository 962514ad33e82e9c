#include "gateway/cli/installation.h"

namespace sluice::cli {

namespace {

std::filesystem::path prefix() { return program_path().parent_path().parent_path(); }

}  // namespace

std::filesystem::path program_path() {
  std::error_code unreadable;
  return std::filesystem::read_symlink("/proc/self/exe", unreadable);
}

std::vector<std::filesystem::path> driver_directories(const Places& places) {
  auto directories = places.drivers;
  directories.push_back(prefix() / "lib/sluice/drivers");
  return directories;
}

std::vector<std::filesystem::path> mapping_directories(const Places& places) {
  auto directories = places.mappings;
  directories.emplace_back("/etc/sluice/mappings");
  directories.push_back(prefix() / "share/sluice/mappings");
  return directories;
}

}  // namespace sluice::cli
