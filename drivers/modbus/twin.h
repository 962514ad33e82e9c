// Devices that answer: several units on one serial line, or behind one TCP listener. Belongs to one
// thread: what is set and muted takes effect with the next request.
#pragma once

#include <memory>

#include "drivers/modbus/descriptor.h"
#include "drivers/modbus/frame.h"
#include "drivers/modbus/serial_port.h"
#include "drivers/modbus/twin_memory.h"

namespace sluice::modbus {

class Twin : public driver::Twin {
 public:
  /// A non-negative `fd` is the master side of a pseudo terminal (rtu) or a listening socket (tcp).
  static driver::Result<std::unique_ptr<driver::Twin>> create(const driver::Settings& settings, int fd);

  explicit Twin(BusSettings settings) : settings_(std::move(settings)) {}

  driver::Done add_device(const driver::Device& declared) override;
  driver::Done set(std::uint32_t device, const driver::PointValue& value) override;
  bool serve(int wake_fd, std::chrono::milliseconds timeout) override;
  std::optional<Written> next_written() override;
  bool mute(std::uint32_t device, bool is_mute) override;

 private:
  struct Member {
    TwinMemory memory;
    bool is_mute = false;
  };
  /// One place from which requests come: the line, or a connection.
  struct Source {
    Descriptor owned;
    int fd = -1;
    Bytes received;
  };
  enum class State : std::uint8_t { open, gone };

  driver::Done open(int fd);
  driver::Done listen();
  void accept();
  State take_bytes(Source& source);
  State answer_requests(Source& source);
  void answer(Source& source, const Heard& heard);

  BusSettings settings_;
  std::unique_ptr<SerialPort> port_;
  Descriptor listener_;
  int listening_ = -1;
  std::vector<Source> sources_;
  std::vector<Member> members_;
};

}  // namespace sluice::modbus
