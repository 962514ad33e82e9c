#include "drivers/dlt645/settings.h"

#include <algorithm>
#include <charconv>

namespace sluice::dlt645 {

namespace {

using driver::Error;
using driver::Microseconds;
using driver::Result;

constexpr std::int64_t kLongestTime = 60'000'000;  // microseconds

constexpr driver::Spec kBus[] = {
    driver::text("port").needed().says("the serial port, best by its name in /dev/serial/by-id"),
    driver::text("serial").otherwise("2400-8E1").says("baud rate, data bits, parity and stop bits"),
    driver::duration("timeout")
        .otherwise("600ms")
        .between(1'000, kLongestTime)
        .says("how long a meter may think before it answers; the standard allows it 500 ms"),
    driver::duration("quiet").otherwise("20ms").between(0, kLongestTime).says("silence before each request"),
    driver::integer("preamble").otherwise("4").between(0, 16).says("bytes FE that wake the meter before each request"),
};

constexpr driver::Spec kDevice[] = {
    driver::text("address").needed().says(
        "the twelve digits printed on the meter, in quotes; \"AAAAAAAAAAAA\" for the only meter on the line"),
    driver::choice("version", "2007 1997").otherwise("2007").says("of the standard that the meter follows"),
};

constexpr driver::Spec kReading[] = {
    driver::duration("timeout")
        .between(1'000, kLongestTime)
        .says("how long the meter may think; counts where it is longer than the bus's"),
    driver::duration("quiet")
        .between(0, kLongestTime)
        .says("silence before each request to the meter; counts where it is longer than the bus's"),
};

constexpr driver::Spec kPoint[] = {
    driver::text("item").needed().says("the item's identifier in hex, in quotes: 8 digits, 4 for version 1997"),
    driver::choice("type", "bcd string").otherwise("bcd").says("how to read it"),
    driver::integer("digits").between(1, 18).says("decimal digits of a bcd item, those after the point included"),
    driver::boolean("signed").otherwise("false").says("the top bit of a bcd item is its sign"),
    driver::integer("length").between(1, 196).says("characters of a string"),
};

constexpr int kBauds[] = {300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200};

std::optional<std::uint8_t> hex_byte(std::string_view two) {
  std::uint8_t byte = 0;
  const auto [end, error] = std::from_chars(two.data(), two.data() + two.size(), byte, 16);
  if (two.size() != 2 || error != std::errc{} || end != two.data() + two.size()) return std::nullopt;
  return byte;
}

/// The bytes that hex digits stand for, the last first; nothing when they are not `size` bytes.
std::optional<Bytes> lowest_first(std::string_view text, std::size_t size) {
  if (text.size() != 2 * size) return std::nullopt;
  Bytes bytes;
  for (auto at = text.size(); at > 0; at -= 2) {
    const auto byte = hex_byte(text.substr(at - 2, 2));
    if (!byte) return std::nullopt;
    bytes.push_back(*byte);
  }
  return bytes;
}

/// 2007 marks a block by a whole byte FF, 1997 by a digit F in the lower byte.
bool is_block(const Item& item, Version version) {
  if (version == Version::v2007) return std::ranges::count(item, 0xFF) > 0;
  return (item[0] & 0x0F) == 0x0F || (item[0] & 0xF0) == 0xF0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

const driver::Declaration kDeclaration{
    .name = "dlt645",
    .version = "0.1.0",
    .sentence = "Electricity meters that speak DL/T 645 (2007, 1997) on a serial line; reads only",
    .bus_settings = kBus,
    .device_settings = kDevice,
    .reading_settings = kReading,
    .point_settings = kPoint,
};

Microseconds SerialFormat::time_of(std::size_t characters) const {
  const std::int64_t bits = 1 + 8 + (parity == Parity::none ? 0 : 1) + stop_bits;
  return Microseconds(static_cast<std::int64_t>(characters) * bits * 1'000'000 / baud);
}

Result<SerialFormat> parse_serial_format(std::string_view text) {
  const Error bad{"serial \"" + std::string(text) + "\" is not written like 2400-8E1, with a usual baud rate"};
  SerialFormat format;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), format.baud);
  if (error != std::errc{} || !std::ranges::count(kBauds, format.baud)) return bad;
  const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (rest.size() != 4 || !rest.starts_with("-8")) return bad;
  if ((rest[2] != 'N' && rest[2] != 'E' && rest[2] != 'O') || (rest[3] != '1' && rest[3] != '2')) return bad;
  format.parity = static_cast<Parity>(rest[2]);
  format.stop_bits = rest[3] - '0';
  return format;
}

Result<BusSettings> parse_bus_settings(const driver::Settings& settings, Wire wire) {
  BusSettings bus;
  bus.port = settings.text("port");
  if (bus.port.empty() && wire == Wire::named) return Error{"`port`, the serial port, is missing"};
  const auto format = parse_serial_format(settings.text("serial", "2400-8E1"));
  if (!format.ok()) return format.error();
  bus.serial = *format;
  bus.timeout = settings.duration("timeout", bus.timeout);
  bus.quiet = settings.duration("quiet", bus.quiet);
  bus.preamble = static_cast<std::size_t>(settings.integer("preamble", 4));
  return bus;
}

Result<Address> parse_address(std::string_view text) {
  if (text == "AAAAAAAAAAAA") return kAnyMeter;
  const auto bytes = lowest_first(text, std::tuple_size_v<Address>);
  if (!bytes || !std::ranges::all_of(text, is_digit)) {
    return Error{"address \"" + std::string(text) +
                 "\" is not twelve digits, as \"000000000161\", nor \"AAAAAAAAAAAA\""};
  }
  if (text == "999999999999") return Error{"address 999999999999 is that of all meters, and none answers it"};
  Address address{};
  std::ranges::copy(*bytes, address.begin());
  return address;
}

Result<Item> parse_item(std::string_view text, Version version) {
  const auto size = version == Version::v2007 ? 4u : 2u;
  auto item = lowest_first(text, size);
  if (!item) {
    return Error{"item \"" + std::string(text) + "\" is not " + std::to_string(2 * size) + " hex digits in quotes"};
  }
  if (is_block(*item, version)) {
    return Error{"item \"" + std::string(text) + "\" is a block of items; name them one by one in this version"};
  }
  return std::move(*item);
}

}  // namespace sluice::dlt645
