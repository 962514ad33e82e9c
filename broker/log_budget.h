// Keeps a misbehaving client from filling the log.
#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

namespace sluice::broker {

/// Writes at most twenty lines per second and says how many it left out.
class LogBudget {
 public:
  void write(log::Level level, std::string_view text, MonotonicTime now) {
    if (now - second_ >= std::chrono::seconds(1)) begin(now);
    if (++written_ <= kPerSecond) {
      log::write(level, "broker", text);
    } else {
      ++left_out_;
    }
  }

 private:
  static constexpr std::uint64_t kPerSecond = 20;

  void begin(MonotonicTime now) {
    if (left_out_ > 0) log::warning("broker", "{} lines like the last ones were left out", left_out_);
    second_ = now;
    written_ = 0;
    left_out_ = 0;
  }

  MonotonicTime second_{};
  std::uint64_t written_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace sluice::broker
