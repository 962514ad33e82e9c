// Keeps a second process away from a store.
#pragma once

#include <filesystem>
#include <utility>

#include "gateway/base/result.h"

namespace sluice::store {

/// An exclusive flock(2) on a file of its own, which ends with the process however that ends.
/// SQLite's own locks would not do: they are POSIX locks, which any close() of another descriptor
/// of the same file drops.
class InstanceLock {
 public:
  /// ErrorKind::in_use when another process holds it.
  static Result<InstanceLock> take(const std::filesystem::path& file);

  InstanceLock(InstanceLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  InstanceLock& operator=(InstanceLock&&) = delete;
  ~InstanceLock();

 private:
  explicit InstanceLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace sluice::store
