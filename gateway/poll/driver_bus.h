// The owner of one sluice_bus: turns the plugin's C values into readings and plans, and back.
//
// Whatever the plugin hands out is copied at once, after its sizes, counts, point numbers and
// pointers have been checked. A plugin that returns nonsense or throws costs the exchange, which
// then reads as trouble of the device with the reason "driver"; the log says what was wrong, each
// complaint once. Used by one thread at a time.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/poll/driver_module.h"
#include "gateway/poll/wire.h"

struct sluice_bus;

namespace sluice {

class DriverBus final : public Wire {
 public:
  /// Makes the bus, tells it of all devices and points and hands back the facts. Opens nothing. The
  /// error names the device and the point that it is about.
  static Result<std::unique_ptr<DriverBus>> create(const DriverModule& module, const BusPlan& plan);

  DriverBus(const DriverBus&) = delete;
  DriverBus& operator=(const DriverBus&) = delete;
  ~DriverBus() override;

  Result<Plan> plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                         std::span<const std::uint32_t> may) override;
  Result<Plan> plan_write(std::uint32_t device, std::span<const Reading> values) override;
  void learn(std::span<const Fact> facts) override;
  Result<void> open() override;
  void close() override;
  Outcome perform(const Exchange& exchange) override;
  bool listens() const override;
  std::optional<Heard> wait(int wake_fd, Duration timeout) override;

 private:
  DriverBus(const DriverModule& module, const BusPlan& plan, sluice_bus* bus);

  Result<void> add_device(const DevicePlan& device);
  Outcome broken(const Exchange& exchange, std::string_view what);
  void complain(std::string_view what);

  const DriverModule module_;
  const std::string log_part_;
  sluice_bus* const bus_;
  std::vector<std::uint32_t> point_counts_;  // of each device
  std::set<std::string, std::less<>> complaints_;
  bool is_open_ = false;
};

}  // namespace sluice
