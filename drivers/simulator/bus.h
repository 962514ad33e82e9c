// A bus without a wire: devices whose values move by themselves and keep what is written to them.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "drivers/simulator/signal.h"

namespace sluice::simulator {

extern const driver::Declaration kDeclaration;

/// What a device does when it is asked.
enum class Behaviour : std::uint8_t { ok, silent, refuse };

class Bus : public driver::Bus {
 public:
  static driver::Result<std::unique_ptr<driver::Bus>> create(const driver::Settings& settings);

  explicit Bus(driver::Microseconds timeout) : timeout_(timeout) {}

  driver::Done add_device(const driver::Device& declared) override;
  std::vector<driver::Exchange> plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                          std::span<const std::uint32_t> may) override;
  driver::Result<std::vector<driver::Exchange>> plan_write(std::uint32_t device,
                                                           std::span<const driver::PointValue> values) override;
  driver::Done open() override { return driver::done(); }
  void close() override {}
  driver::Outcome perform(const driver::Exchange& exchange) override;

 private:
  struct Point {
    Signal signal;
    std::optional<driver::Value> written;  // from then on the value stays
  };
  struct Device {
    Behaviour behaviour = Behaviour::ok;
    driver::Microseconds delay{0};
    std::vector<Point> points;
  };

  std::vector<driver::PointValue> read(const Device& device, const std::vector<std::uint32_t>& points) const;

  driver::Microseconds timeout_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::vector<Device> devices_;
};

}  // namespace sluice::simulator
