// A serial line without hardware: the driver opens the slave by its name, the test has the master.
#pragma once

#include <pty.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "drivers/modbus/descriptor.h"

namespace sluice::modbus {

class PseudoTerminal {
 public:
  PseudoTerminal() {
    int master = -1;
    int slave = -1;
    char name[64];
    termios raw{};
    ::cfmakeraw(&raw);
    if (::openpty(&master, &slave, name, &raw, nullptr) != 0) throw std::runtime_error("no pseudo terminal");
    master_ = Descriptor(master);
    slave_ = Descriptor(slave);
    name_ = name;
  }

  int master() const { return master_.get(); }
  const std::string& name() const { return name_; }
  /// As when the adapter is pulled.
  void pull() { master_.reset(); }

 private:
  Descriptor master_;
  Descriptor slave_;  // keeps the master from hanging up while the driver has the port closed
  std::string name_;
};

}  // namespace sluice::modbus
