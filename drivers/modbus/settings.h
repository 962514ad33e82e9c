// The keys that the Modbus driver declares, and the bus that its settings describe.
#pragma once

#include <chrono>
#include <string>

#include "drivers/sdk/driver.hpp"

namespace sluice::modbus {

extern const driver::Declaration kDeclaration;

enum class Parity : char { none = 'N', even = 'E', odd = 'O' };

/// How characters look on a serial line. Always 8 data bits: RTU frames are binary.
struct SerialFormat {
  int baud = 9600;
  Parity parity = Parity::none;
  int stop_bits = 1;

  driver::Microseconds time_of(std::size_t characters) const;
  /// The silence between frames: 3.5 characters, never less than 1.75 ms (Modbus over serial line
  /// V1.02, 2.5.1.1).
  driver::Microseconds silence() const;
};

driver::Result<SerialFormat> parse_serial_format(std::string_view text);

struct HostAddress {
  std::string host;
  std::string service = "502";
};

/// An address or name, with a port or without; an IPv6 address with a port stands in brackets.
driver::Result<HostAddress> parse_host(std::string_view text);

enum class Transport : std::uint8_t { rtu, tcp };
enum class Rs485 : std::uint8_t { automatic, kernel, rts, off };

struct BusSettings {
  Transport transport = Transport::rtu;
  std::string port;
  SerialFormat serial;
  Rs485 rs485 = Rs485::automatic;
  HostAddress host;
  driver::Microseconds timeout{500'000};
  driver::Microseconds quiet{0};  // 0: the silence of the serial format
};

/// Who names the wire: a twin may be handed an open descriptor instead.
enum class Wire : std::uint8_t { named, handed_over };

driver::Result<BusSettings> parse_bus_settings(const driver::Settings& settings, Wire wire);

}  // namespace sluice::modbus
