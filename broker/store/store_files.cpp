#include "broker/store/store_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <system_error>

namespace sluice::store {

namespace fs = std::filesystem;

namespace {

// Colons are troublesome in file names on other systems, to which the file may be taken.
std::string time_stamp(WallTime now) {
  auto text = to_iso8601(now);
  std::erase_if(text, [](char c) { return c == ':' || c == '-'; });
  return text;
}

fs::path with_suffix(fs::path path, const char* suffix) { return path += suffix; }

}  // namespace

Result<void> make_directory(const fs::path& directory) {
  std::error_code failed;
  const bool made = fs::create_directories(directory, failed);
  if (made && !failed) fs::permissions(directory, fs::perms::owner_all, failed);
  if (failed) return Error{fmt::format("cannot make the directory {}: {}", directory.string(), failed.message())};
  return {};
}

Result<fs::path> move_aside(const StoreFiles& files, WallTime now) {
  auto target = files.directory / fmt::format("damaged-{}.db", time_stamp(now));
  std::error_code ignored;
  for (int n = 2; fs::exists(target, ignored); ++n) {
    target.replace_filename(fmt::format("damaged-{}-{}.db", time_stamp(now), n));
  }
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
    std::error_code failed;
    fs::rename(with_suffix(files.database(), suffix), with_suffix(target, suffix), failed);
    if (failed && failed != std::errc::no_such_file_or_directory) {
      return Error{fmt::format("cannot move {} aside: {}", files.database().string(), failed.message())};
    }
  }
  return target;
}

}  // namespace sluice::store
