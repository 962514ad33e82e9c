// The Modbus driver: devices that plan, one line that asks, and what becomes of each exchange.
#pragma once

#include <memory>
#include <vector>

#include "drivers/modbus/device.h"
#include "drivers/modbus/line.h"

namespace sluice::modbus {

class Bus : public driver::Bus {
 public:
  static driver::Result<std::unique_ptr<driver::Bus>> create(const driver::Settings& settings);

  explicit Bus(BusSettings settings);

  driver::Done add_device(const driver::Device& declared) override;
  std::vector<driver::Exchange> plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                          std::span<const std::uint32_t> may) override;
  driver::Result<std::vector<driver::Exchange>> plan_write(std::uint32_t device,
                                                           std::span<const driver::PointValue> values) override;
  void learn(std::span<const driver::Fact> facts) override;
  driver::Done open() override;
  void close() override;
  driver::Outcome perform(const driver::Exchange& exchange) override;

 private:
  Question question_for(const Device& device, Request request) const;
  driver::Exchange exchange_for(std::uint32_t device, Request request, std::vector<std::uint32_t> points) const;

  BusSettings settings_;
  std::unique_ptr<Line> line_;
  std::vector<Device> devices_;
};

}  // namespace sluice::modbus
