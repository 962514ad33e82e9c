// Meters that answer: several addresses on one line. Belongs to one thread: what is set and muted
// takes effect with the next request.
#pragma once

#include <memory>

#include "drivers/dlt645/device.h"
#include "drivers/dlt645/serial_port.h"

namespace sluice::dlt645 {

class Twin : public driver::Twin {
 public:
  /// A non-negative `fd` is the master side of a pseudo terminal.
  static driver::Result<std::unique_ptr<driver::Twin>> create(const driver::Settings& settings, int fd);

  Twin(BusSettings settings, int fd);

  /// All points begin as 0 or as an empty text. The address must be one, no wildcard.
  driver::Done add_device(const driver::Device& declared) override;
  driver::Done set(std::uint32_t device, const driver::PointValue& value) override;
  bool serve(int wake_fd, std::chrono::milliseconds timeout) override;
  /// Nothing: no master can write.
  std::optional<Written> next_written() override { return std::nullopt; }
  bool mute(std::uint32_t device, bool is_mute) override;

 private:
  struct Member {
    Device device;
    std::vector<Bytes> contents;  // of each point
    bool is_mute = false;
  };

  bool answer_requests();
  bool answer(const Question& question);
  static Frame answer_of(const Member& member, const Question& question);

  BusSettings settings_;
  SerialPort port_;
  Bytes received_;
  std::vector<Member> members_;
};

}  // namespace sluice::dlt645
