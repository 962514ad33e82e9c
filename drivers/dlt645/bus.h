// The DL/T 645 driver: meters that plan, one line that asks, and what becomes of each exchange.
#pragma once

#include <memory>
#include <vector>

#include "drivers/dlt645/device.h"
#include "drivers/dlt645/line.h"

namespace sluice::dlt645 {

class Bus : public driver::Bus {
 public:
  static driver::Result<std::unique_ptr<driver::Bus>> create(const driver::Settings& settings);

  explicit Bus(BusSettings settings) : settings_(std::move(settings)), line_(settings_) {}

  driver::Done add_device(const driver::Device& declared) override;
  std::vector<driver::Exchange> plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                          std::span<const std::uint32_t> may) override;
  driver::Result<std::vector<driver::Exchange>> plan_write(std::uint32_t device,
                                                           std::span<const driver::PointValue> values) override;
  driver::Done open() override { return line_.open(); }
  void close() override { line_.close(); }
  driver::Outcome perform(const driver::Exchange& exchange) override;

 private:
  Asking asking_for(const Device& device, const Item& item) const;

  BusSettings settings_;
  Line line_;
  std::vector<Device> devices_;
};

}  // namespace sluice::dlt645
