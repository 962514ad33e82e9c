// The keys that the DL/T 645 driver declares, and the bus that its settings describe.
#pragma once

#include <string>

#include "drivers/dlt645/answer.h"
#include "drivers/sdk/driver.hpp"

namespace sluice::dlt645 {

extern const driver::Declaration kDeclaration;

enum class Parity : char { none = 'N', even = 'E', odd = 'O' };

/// How characters look on the line. Always 8 data bits.
struct SerialFormat {
  int baud = 2400;
  Parity parity = Parity::even;
  int stop_bits = 1;

  driver::Microseconds time_of(std::size_t characters) const;
};

driver::Result<SerialFormat> parse_serial_format(std::string_view text);

struct BusSettings {
  std::string port;
  SerialFormat serial;
  driver::Microseconds timeout{600'000};
  driver::Microseconds quiet{20'000};
  std::size_t preamble = 4;
};

/// Who names the wire: a twin may be handed an open descriptor instead.
enum class Wire : std::uint8_t { named, handed_over };

driver::Result<BusSettings> parse_bus_settings(const driver::Settings& settings, Wire wire);

/// Twelve decimal digits as printed on the meter, or twelve A: whichever meter is there.
driver::Result<Address> parse_address(std::string_view text);

/// Hex digits, the highest first, as the standard prints them: eight, with 1997 four. Blocks are refused.
driver::Result<Item> parse_item(std::string_view text, Version version);

}  // namespace sluice::dlt645
