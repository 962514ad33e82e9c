#include "drivers/modbus/settings.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "drivers/modbus/pdu.h"
#include "drivers/registers/format.h"

namespace sluice::modbus {

namespace {

using driver::Error;
using driver::Microseconds;
using driver::Result;
using driver::Settings;

constexpr const char* kRs485Names = "auto kernel rts off";
constexpr std::int64_t kLongestTime = 60'000'000;  // microseconds

constexpr driver::Spec kBus[] = {
    driver::choice("transport", "rtu tcp")
        .needed()
        .says("how frames travel; ascii and rtu-over-tcp are not in this version"),
    driver::text("port").says("the serial port, best by its name in /dev/serial/by-id"),
    driver::text("serial").says("baud rate, data bits, parity and stop bits, such as 19200-8E1"),
    driver::choice("rs485", kRs485Names)
        .otherwise("auto")
        .says("who switches the direction: auto leaves the port as the system set it up"),
    driver::text("host").says("address[:502] of a device that speaks Modbus TCP"),
    driver::duration("timeout")
        .otherwise("500ms")
        .between(1'000, kLongestTime)
        .says("how long a device may think before it answers"),
    driver::duration("quiet").between(0, kLongestTime).says("silence before each request; without it, 3.5 characters"),
};

constexpr driver::Spec kDevice[] = {
    driver::integer("unit").between(0, 255).says(
        "the device's address: 1 to 247 on a serial line, 0 to 255 (1 if left out) with TCP"),
    driver::text("host").says("address[:502], where the bus has none"),
};

constexpr driver::Spec kReading[] = {
    driver::integer("longest").otherwise("125").between(1, 125).says("registers in one request"),
    driver::integer("longest_bits").otherwise("2000").between(1, 2000).says("coils or discrete inputs in one request"),
    driver::ranges("legal", kTableNames).says("[ first, last ] of what may be read, per table; all if left out"),
    driver::ranges("whole", kTableNames).says("[ first, count ] of blocks that are read as a whole or not at all"),
    driver::text("gaps").otherwise("auto").says(
        "how many unused registers may be read through: auto (what pays) or a number"),
    driver::boolean("one_by_one").otherwise("false").says("one value per request"),
    driver::boolean("bits_from_0").otherwise("false").says("requests for coils and discrete inputs begin at 0"),
    driver::duration("timeout")
        .between(1'000, kLongestTime)
        .says("how long the device may think; a mapping's counts where it is longer than the bus's, a device's always"),
    driver::duration("quiet")
        .between(0, kLongestTime)
        .says("silence before each request; a mapping's counts where it is longer than the bus's, a device's always"),
    driver::duration("after_connect")
        .between(0, kLongestTime)
        .says("wait between opening the connection and the first request"),
};

constexpr driver::Spec kPoint[] = {
    driver::choice("table", kTableNames).needed().says("where the value lies"),
    driver::integer("register")
        .needed()
        .between(0, 65535)
        .says("its first register, coil or input, as sent on the wire"),
    driver::integer("bit").between(0, 15).says("one bit of the register, 0 the lowest"),
    driver::pair("bits").between(0, 63).says("a part of an unsigned value, lowest and highest bit"),
    driver::choice("type", registers::kTypeNames)
        .says("how to read it; uint16, or bool for a bit, coil or discrete input"),
    driver::integer("length").between(1, 125).says("registers of a string"),
    driver::choice("order", registers::kOrderNames).otherwise("ABCD").says("CDAB swaps words, BADC bytes, DCBA both"),
    driver::choice("function", "auto single multiple")
        .otherwise("auto")
        .says("how to write it: functions 5 and 6, or 15 and 16; auto takes single where it can"),
};

constexpr int kBauds[] = {300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600};

Error bad_format(std::string_view text, const char* why) {
  return {"serial \"" + std::string(text) + "\": " + why + "; it is written like 19200-8E1"};
}

bool is_service(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

driver::Done add_serial(const Settings& settings, Wire wire, BusSettings& bus) {
  bus.port = settings.text("port");
  if (bus.port.empty() && wire == Wire::named) return Error{"transport rtu needs `port`, the serial port"};
  if (settings.has("host")) return Error{"`host` belongs to transport tcp"};
  const auto direction = driver::position_among(kRs485Names, settings.text("rs485", "auto"));
  if (!direction) return Error{std::string("rs485 is one of ") + kRs485Names};
  bus.rs485 = static_cast<Rs485>(*direction);
  if (!settings.has("serial") && wire == Wire::handed_over) return driver::done();
  if (!settings.has("serial")) return Error{"transport rtu needs `serial`, such as 19200-8E1"};
  const auto format = parse_serial_format(settings.text("serial"));
  if (!format.ok()) return format.error();
  bus.serial = *format;
  return driver::done();
}

driver::Done add_host(const Settings& settings, Wire wire, BusSettings& bus) {
  if (settings.has("port") || settings.has("serial")) return Error{"`port` and `serial` belong to transport rtu"};
  if (!settings.has("host") && wire == Wire::handed_over) return driver::done();
  if (!settings.has("host")) return Error{"transport tcp needs `host`, of the bus or of each device"};
  const auto host = parse_host(settings.text("host"));
  if (!host.ok()) return host.error();
  bus.host = *host;
  return driver::done();
}

}  // namespace

const driver::Declaration kDeclaration{
    .name = "modbus",
    .version = "0.1.0",
    .sentence = "Modbus devices on a serial line (RTU) or a network (TCP)",
    .bus_settings = kBus,
    .device_settings = kDevice,
    .reading_settings = kReading,
    .point_settings = kPoint,
};

Microseconds SerialFormat::time_of(std::size_t characters) const {
  const std::int64_t bits = 1 + 8 + (parity == Parity::none ? 0 : 1) + stop_bits;
  return Microseconds(static_cast<std::int64_t>(characters) * bits * 1'000'000 / baud);
}

Microseconds SerialFormat::silence() const { return std::max(time_of(7) / 2, Microseconds(1'750)); }

Result<SerialFormat> parse_serial_format(std::string_view text) {
  SerialFormat format;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), format.baud);
  if (error != std::errc{}) return bad_format(text, "it begins with no baud rate");
  if (!std::ranges::count(kBauds, format.baud)) return bad_format(text, "no serial port has this baud rate");
  const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (rest.size() != 4 || rest[0] != '-') return bad_format(text, "after the baud rate come - and three characters");
  if (rest[1] != '8') return bad_format(text, "RTU needs 8 data bits");
  if (rest[2] != 'N' && rest[2] != 'E' && rest[2] != 'O') return bad_format(text, "the parity is N, E or O");
  if (rest[3] != '1' && rest[3] != '2') return bad_format(text, "there are 1 or 2 stop bits");
  format.parity = static_cast<Parity>(rest[2]);
  format.stop_bits = rest[3] - '0';
  return format;
}

Result<HostAddress> parse_host(std::string_view text) {
  HostAddress address;
  const Error bad{"host \"" + std::string(text) + "\" is not an address[:port]"};
  const auto is_bracketed = text.starts_with('[');
  const auto close = text.find(']');
  if (is_bracketed && close == std::string_view::npos) return bad;
  const auto colon = is_bracketed ? text.find(':', close) : text.find(':');
  const auto is_bare_v6 = !is_bracketed && colon != text.rfind(':');
  const auto end = is_bare_v6 ? std::string_view::npos : colon;
  address.host = is_bracketed ? text.substr(1, close - 1) : text.substr(0, end);
  if (address.host.empty() || address.host.find_first_of(" /[]") != std::string::npos) return bad;
  if (end == std::string_view::npos) return address;
  address.service = text.substr(end + 1);
  return is_service(address.service) ? Result<HostAddress>(address) : bad;
}

Result<BusSettings> parse_bus_settings(const Settings& settings, Wire wire) {
  BusSettings bus;
  const auto transport = settings.text("transport");
  if (transport != "rtu" && transport != "tcp") {
    return Error{"transport " + transport + " is not in this version; rtu and tcp are"};
  }
  bus.transport = transport == "tcp" ? Transport::tcp : Transport::rtu;
  bus.timeout = settings.duration("timeout", bus.timeout);
  bus.quiet = settings.duration("quiet", bus.quiet);
  const auto added = bus.transport == Transport::tcp ? add_host(settings, wire, bus) : add_serial(settings, wire, bus);
  if (!added.ok()) return added.error();
  return bus;
}

}  // namespace sluice::modbus
