#include "broker/store/instance_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sluice::store {

Result<InstanceLock> InstanceLock::take(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return Error{fmt::format("cannot open {}: {}", file.string(), std::strerror(errno))};
  InstanceLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return Error{fmt::format("another instance uses the store in {}", file.parent_path().string()), ErrorKind::in_use};
  }
  return Error{fmt::format("cannot lock {}: {}", file.string(), std::strerror(errno))};
}

InstanceLock::~InstanceLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace sluice::store
