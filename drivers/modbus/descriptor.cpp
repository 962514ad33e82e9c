#include "drivers/modbus/descriptor.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sluice::modbus {

void Descriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Ready wait_for(int fd, short events, Deadline deadline) {
  while (true) {
    const auto left = std::max(Clock::duration(0), deadline - Clock::now());
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec time{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    pollfd waiting{fd, events, 0};
    const auto count = ::ppoll(&waiting, 1, &time, nullptr);
    if (count == 0) return Ready::timeout;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Ready::gone;
    return waiting.revents & events ? Ready::yes : Ready::gone;
  }
}

}  // namespace sluice::modbus
