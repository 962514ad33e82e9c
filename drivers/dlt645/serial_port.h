// A serial port: opening it for this program alone, setting it up, and bytes against a deadline.
// One thread.
#pragma once

#include <chrono>
#include <optional>

#include "drivers/dlt645/settings.h"

namespace sluice::dlt645 {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

enum class Ready : std::uint8_t { yes, timeout, gone };

class SerialPort {
 public:
  /// A non-negative `fd` is a line that someone else opened, set up, and will close; then open() is not called.
  SerialPort(std::string path, SerialFormat format, int fd = -1)
      : path_(std::move(path)), format_(format), fd_(fd), is_owner_(fd < 0) {}
  SerialPort(const SerialPort&) = delete;
  SerialPort& operator=(const SerialPort&) = delete;
  ~SerialPort() { close(); }

  /// The sentence says who or what stands in the way.
  driver::Done open();
  void close();
  int fd() const { return fd_; }

  /// Waits until there is something to receive. `gone` is a hang-up with nothing left to read.
  Ready wait(Deadline deadline) const;
  /// What has arrived, at most `buffer`; nothing when the port is gone.
  std::optional<std::size_t> receive(std::span<std::uint8_t> buffer) const;
  /// All of it by the deadline, or false.
  bool send(ByteView bytes, Deadline deadline) const;

 private:
  driver::Done claim() const;
  driver::Done set_up() const;

  std::string path_;
  SerialFormat format_;
  int fd_;
  bool is_owner_;
};

}  // namespace sluice::dlt645
