// The files of a store and what is done with them as files.
#pragma once

#include <filesystem>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"

namespace sluice::store {

struct StoreFiles {
  std::filesystem::path directory;

  std::filesystem::path database() const { return directory / "outbox.db"; }
  std::filesystem::path lock() const { return directory / "lock"; }
};

/// Makes the directory with mode 0700 when it is missing.
Result<void> make_directory(const std::filesystem::path& directory);

/// Renames the database together with its WAL, without which it would be another one, to
/// damaged-<time>.db. Gives the new name. The connection must be closed.
Result<std::filesystem::path> move_aside(const StoreFiles& files, WallTime now);

}  // namespace sluice::store
