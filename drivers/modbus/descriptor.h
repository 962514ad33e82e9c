// An open file descriptor, and waiting on it against a deadline.
#pragma once

#include <chrono>
#include <utility>

namespace sluice::modbus {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// Owns a descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

enum class Ready : unsigned char { yes, timeout, gone };

/// Waits until `events` of poll(2) are there. `gone` is a hang-up with nothing left to read. Uses
/// poll and not select, so descriptors above 1023 are as good as others.
Ready wait_for(int fd, short events, Deadline deadline);

}  // namespace sluice::modbus
