// Devices acted out by a driver: the other end of a wire, so that every mapping is also a
// simulator. One thread serves; set, mute and next_written are called by that same thread between
// two serves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/poll/bus_plan.h"
#include "gateway/poll/driver_module.h"

struct sluice_twin;

namespace sluice {

/// What a master wrote to a simulated device; raw, as it travels.
struct Written {
  std::uint32_t device = 0;
  Reading reading;
};

class Twin {
 public:
  /// `settings` are a bus's. `fd`, when not negative, is used in place of the named port (the master
  /// side of a pseudo terminal) and stays the caller's. Fails when the driver cannot simulate.
  static Result<Twin> create(const DriverModule& module, const SettingValues& settings, int fd = -1);

  Twin(Twin&& other) noexcept;
  Twin& operator=(Twin&&) = delete;
  ~Twin();

  /// Answers the device's number, counted from 0.
  Result<std::uint32_t> add_device(const DevicePlan& device);

  /// What the device answers for a point from now on: a raw value, as a reading has it.
  Result<void> set(std::uint32_t device, const Reading& reading);

  /// Answers requests until `wake_fd` becomes readable or `timeout` (rounded up to milliseconds)
  /// has passed. An error means that the port is gone.
  Result<void> serve(int wake_fd, Duration timeout);

  /// The next value that a master wrote, oldest first.
  std::optional<Written> next_written();

  /// A mute device receives and does not answer.
  Result<void> mute(std::uint32_t device);
  Result<void> unmute(std::uint32_t device);

 private:
  Twin(const DriverModule& module, sluice_twin* twin) : module_(module), twin_(twin) {}

  Result<void> set_mute(std::uint32_t device, std::uint32_t is_mute);

  DriverModule module_;
  sluice_twin* twin_;
  std::vector<std::uint32_t> point_counts_;  // of each device
};

}  // namespace sluice
