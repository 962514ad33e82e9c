// A slave that does what a test tells it, answer by answer: late, twice, damaged, or not at all.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <functional>
#include <thread>
#include <utility>

#include "drivers/modbus/frame.h"
#include "tests/unit/drivers/pseudo_terminal.h"

namespace sluice::modbus {

/// What the script sees of the line: requests come out, bytes go in.
class SlaveSide {
 public:
  explicit SlaveSide(int fd) : fd_(fd) {}

  /// The next request, which fails the script when there is none within two seconds.
  Request hear() {
    const auto deadline = Clock::now() + std::chrono::seconds(2);
    while (true) {
      const auto heard = hear_rtu(received_);
      if (heard.what == Found::answer) {
        received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(heard.size));
        return heard.request;
      }
      std::uint8_t buffer[256];
      if (wait_for(fd_, POLLIN, deadline) != Ready::yes) throw std::runtime_error("the driver asked nothing");
      const auto count = ::read(fd_, buffer, sizeof buffer);
      if (count <= 0) throw std::runtime_error("the line is gone");
      received_.insert(received_.end(), buffer, buffer + count);
    }
  }

  void say(const Bytes& bytes) {
    if (::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("the line is full");
    }
  }

  /// Part of the behaviour under test, not a wait for it.
  static void take_time(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

 private:
  int fd_;
  Bytes received_;
};

/// Runs a script beside the test; join() or the end of the test waits for it and reports what it threw.
class ScriptedSlave {
 public:
  using Script = std::function<void(SlaveSide&)>;

  ScriptedSlave(int fd, Script script)
      : thread_([this, fd, script = std::move(script)] {
          SlaveSide side(fd);
          try {
            script(side);
          } catch (const std::exception& thrown) {
            failure_ = thrown.what();
          }
        }) {}
  ~ScriptedSlave() { EXPECT_EQ(join(), ""); }

  std::string join() {
    if (thread_.joinable()) thread_.join();
    return std::exchange(failure_, "");
  }

 private:
  std::string failure_;
  std::thread thread_;
};

/// The frame that answers a read of registers.
inline Bytes registers_answer(const Request& request, const std::vector<std::uint16_t>& values) {
  Request answer{request.unit, {request.function(), static_cast<std::uint8_t>(values.size() * 2)}};
  for (const auto value : values) {
    answer.pdu.push_back(static_cast<std::uint8_t>(value >> 8));
    answer.pdu.push_back(static_cast<std::uint8_t>(value & 0xFF));
  }
  return rtu_frame(answer);
}

/// The frame that answers a read with as many registers as it asks for, counting up from `first`.
inline Bytes counted_answer(const Request& request, std::uint16_t first) {
  std::vector<std::uint16_t> values;
  for (std::uint16_t i = 0; i < request.count(); ++i) values.push_back(static_cast<std::uint16_t>(first + i));
  return registers_answer(request, values);
}

inline Bytes exception_answer(const Request& request, std::uint8_t code) {
  return rtu_frame({request.unit, {static_cast<std::uint8_t>(request.function() | kExceptionFlag), code}});
}

inline Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace sluice::modbus
