// A serial port through libmodbus, which opens it, sets it up and sends; reading is left to the
// caller, who needs deadlines of his own. One thread.
#pragma once

#include <memory>

#include "drivers/modbus/descriptor.h"
#include "drivers/modbus/pdu.h"
#include "drivers/modbus/settings.h"

struct _modbus;

namespace sluice::modbus {

class SerialPort {
 public:
  SerialPort(std::string path, SerialFormat format, Rs485 rs485);
  ~SerialPort();

  /// Opens the port for this program alone; the sentence says who or what stands in the way.
  driver::Done open();
  void close();
  bool is_open() const { return context_ != nullptr; }
  int fd() const;

  /// False when the port is gone.
  bool send(const Request& request);
  /// What has arrived, at most `buffer`; nothing when the port is gone.
  std::optional<std::size_t> receive(std::span<std::uint8_t> buffer);

 private:
  driver::Done claim();
  driver::Done set_direction();

  std::string path_;
  SerialFormat format_;
  Rs485 rs485_;
  struct FreeContext {
    void operator()(_modbus* context) const;
  };
  std::unique_ptr<_modbus, FreeContext> context_;
};

}  // namespace sluice::modbus
