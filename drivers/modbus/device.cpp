#include "drivers/modbus/device.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

namespace sluice::modbus {

namespace {

using driver::Done;
using driver::Error;
using driver::Microseconds;
using driver::Result;
using driver::Settings;
using registers::BitField;
using registers::Format;
using registers::Range;
using registers::ReadRules;
using registers::Type;

constexpr Microseconds kTurnaround{30'000};  // of a serial device, where none was measured
constexpr Microseconds kNetworkTurn{5'000};  // of a request and its answer on a local network
constexpr std::uint32_t kEnd = 65536;        // of each table

/// Request 8 characters, answer 5 beside its content, two silences.
registers::Cost cost_on(const BusSettings& bus, Microseconds quiet) {
  if (bus.transport == Transport::tcp) return {static_cast<double>(kNetworkTurn.count()), 0.1};
  const auto request = bus.serial.time_of(13) + 2 * quiet + kTurnaround;
  return {static_cast<double>(request.count()), static_cast<double>(bus.serial.time_of(1).count())};
}

bool is_allowed_unit(std::int64_t unit, Transport transport) {
  return transport == Transport::tcp ? unit >= 0 && unit <= 255 : unit >= 1 && unit <= 247;
}

Result<std::optional<std::uint32_t>> parse_gaps(const std::string& text) {
  if (text == "auto") return std::optional<std::uint32_t>();
  std::uint32_t gaps = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), gaps);
  if (error != std::errc{} || end != text.data() + text.size() || gaps > 2000) {
    return Error{"gaps is auto or a number of registers, not \"" + text + "\""};
  }
  return std::optional(gaps);
}

/// The ranges of one table, given as first and last or as first and count.
enum class Second : std::uint8_t { last, count };

Result<std::vector<Range>> ranges_in(const Settings& settings, const char* name, Table table, Second second) {
  std::vector<Range> ranges;
  for (const auto& given : settings.ranges(name)) {
    if (given.key != name_of(table)) continue;
    const auto last = second == Second::last ? given.second : given.first + given.second - 1;
    if (given.first < 0 || last < given.first || last >= kEnd) {
      return Error{std::string(name) + ": [ " + std::to_string(given.first) + ", " + std::to_string(given.second) +
                   " ] is no range within 0 to 65535"};
    }
    ranges.push_back({static_cast<std::uint32_t>(given.first), static_cast<std::uint32_t>(last)});
  }
  return ranges;
}

Type default_type(Table table, const Settings& settings) {
  return is_bits(table) || settings.has("bit") ? Type::boolean : Type::uint16;
}

WriteFunction write_function_named(std::string_view name) {
  if (name == "single") return WriteFunction::single;
  return name == "multiple" ? WriteFunction::multiple : WriteFunction::automatic;
}

Done add_bits(const Settings& settings, Format& format) {
  if (settings.has("bit") && settings.has("bits")) return Error{"`bit` and `bits` exclude each other"};
  if (settings.has("bit")) {
    const auto bit = settings.integer("bit", 0);
    if (bit < 0 || bit > 15) return Error{"a register has the bits 0 to 15, not " + std::to_string(bit)};
    if (format.type != Type::boolean)
      return Error{"a single bit is a bool; a number from bits is `bits: [ low, high ]`"};
    format.bits = BitField{static_cast<std::uint8_t>(bit), static_cast<std::uint8_t>(bit)};
  }
  if (const auto bits = settings.pair("bits")) {
    const auto [low, high] = *bits;
    if (!is_unsigned(format.type)) return Error{"`bits` are taken from an unsigned type"};
    if (low < 0 || high < low || high >= format.length * 16) {
      return Error{"bits [ " + std::to_string(low) + ", " + std::to_string(high) + " ] do not lie in a value of " +
                   std::to_string(format.length * 16) + " bits"};
    }
    format.bits = BitField{static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high)};
  }
  return driver::done();
}

Done add_length(const Settings& settings, Format& format) {
  const auto length = settings.integer("length", 0);
  if (format.type != Type::string) {
    format.length = registers_of(format.type);
    if (length != 0) return Error{"`length` belongs to strings"};
    return driver::done();
  }
  if (length < 1 || length > 125) return Error{"a string needs `length`, 1 to 125 registers"};
  format.length = static_cast<std::uint16_t>(length);
  return driver::done();
}

Result<Format> parse_format(const Settings& settings, Table table) {
  Format format{.type = default_type(table, settings), .order = {}, .length = 1, .bits = {}};
  if (settings.has("type")) {
    const auto type = registers::type_named(settings.text("type"));
    if (!type) return Error{"type " + settings.text("type") + " is unknown; there are " + registers::kTypeNames};
    format.type = *type;
  }
  const auto order = registers::order_named(settings.text("order", "ABCD"));
  if (!order) return Error{"order " + settings.text("order") + " is unknown; there are " + registers::kOrderNames};
  format.order = *order;
  if (is_bits(table) && format.type != Type::boolean) {
    return Error{"a " + std::string(name_of(table)) + " is a bool; the type " + settings.text("type") +
                 ", its own or that of the defaults, is for registers"};
  }
  if (is_bits(table) && (settings.has("bit") || settings.has("bits"))) {
    return Error{"a " + std::string(name_of(table)) + " is a bool and has no bits"};
  }
  if (const auto added = add_length(settings, format); !added.ok()) return added.error();
  if (const auto added = add_bits(settings, format); !added.ok()) return added.error();
  return format;
}

Result<PointPlace> parse_place(const Settings& settings) {
  const auto table = table_named(settings.text("table"));
  if (!table) return Error{"table is one of " + std::string(kTableNames)};
  const auto first = settings.integer("register", -1);
  if (first < 0 || first >= kEnd) return Error{"`register` is a number from 0 to 65535"};
  const auto format = parse_format(settings, *table);
  if (!format.ok()) return format.error();
  if (first + format->length > kEnd) {
    return Error{"register " + std::to_string(first) + " leaves no room for " + std::to_string(format->length) +
                 " registers, the last one is 65535"};
  }
  return PointPlace{*table, static_cast<std::uint16_t>(first), *format,
                    write_function_named(settings.text("function", "auto"))};
}

Result<Request> write_bit_point(std::uint8_t unit, const PointPlace& place, const driver::Value& value) {
  const auto truth = registers::as_bool(value);
  if (!truth.ok()) return truth.error();
  if (place.function == WriteFunction::multiple) return write_coils(unit, place.first, *truth);
  return write_coil(unit, place.first, *truth);
}

bool is_not_finite(const driver::Value& value) {
  const auto* number = std::get_if<double>(&value);
  return number && !std::isfinite(*number);
}

}  // namespace

Result<Device> Device::create(const BusSettings& bus, const driver::Device& declared) {
  Device device;
  device.name_ = declared.name;
  if (const auto read = device.read_unit(bus, declared.settings); !read.ok()) return read.error();
  if (const auto read = device.read_rules(bus, declared.settings); !read.ok()) return read.error();
  for (const auto& point : declared.points) {
    const auto added = device.add_point(point);
    if (!added.ok()) return Error{added.error().text, static_cast<std::uint32_t>(device.points_.size())};
  }
  return device;
}

Done Device::read_unit(const BusSettings& bus, const Settings& settings) {
  if (bus.transport == Transport::rtu && !settings.has("unit")) return Error{"on a serial line a device needs `unit`"};
  const auto unit = settings.integer("unit", 1);
  if (!is_allowed_unit(unit, bus.transport)) {
    return Error{"unit " + std::to_string(unit) + " is no address of a device; " +
                 (bus.transport == Transport::tcp ? "0 to 255 are" : "1 to 247 are")};
  }
  unit_ = static_cast<std::uint8_t>(unit);
  return driver::done();
}

Done Device::read_rules(const BusSettings& bus, const Settings& settings) {
  const auto least = bus.transport == Transport::rtu ? bus.serial.silence() : Microseconds(0);
  quiet_ = settings.has("quiet")   ? std::max(least, settings.duration("quiet", least))
           : bus.quiet.count() > 0 ? bus.quiet
                                   : least;
  timeout_ = settings.duration("timeout", bus.timeout);
  after_connect_ = settings.duration("after_connect", Microseconds(0));
  const auto gaps = parse_gaps(settings.text("gaps", "auto"));
  if (!gaps.ok()) return gaps.error();
  for (const auto table : kTables) {
    auto legal = ranges_in(settings, "legal", table, Second::last);
    if (!legal.ok()) return legal.error();
    auto whole = ranges_in(settings, "whole", table, Second::count);
    if (!whole.ok()) return whole.error();
    const auto longest = is_bits(table) ? settings.integer("longest_bits", 2000) : settings.integer("longest", 125);
    rules_of(table) = ReadRules{.longest = static_cast<std::uint32_t>(std::clamp<std::int64_t>(longest, 1, 2000)),
                                .item_bits = is_bits(table) ? 1u : 16u,
                                .cost = cost_on(bus, quiet_),
                                .longest_gap = *gaps,
                                .one_by_one = settings.is_set("one_by_one"),
                                .from_0 = is_bits(table) && settings.is_set("bits_from_0"),
                                .legal = std::move(*legal),
                                .whole = std::move(*whole),
                                .holes = {},
                                .tight = {},
                                .apart = {}};
  }
  return driver::done();
}

Done Device::add_point(const driver::Point& declared) {
  const auto place = parse_place(declared.settings);
  if (!place.ok()) return place.error();
  if (const auto complaint = complaint_about(place->range(), rules_of(place->table))) {
    return Error{std::string(name_of(place->table)) + " " + std::to_string(place->first) + " " + *complaint};
  }
  points_.push_back(*place);
  return driver::done();
}

std::vector<registers::Wanted> Device::wanted_in(Table table, std::span<const std::uint32_t> points) const {
  std::vector<registers::Wanted> wanted;
  for (const auto point : points) {
    if (point < points_.size() && points_[point].table == table) wanted.push_back({point, points_[point].range()});
  }
  return wanted;
}

std::vector<PlannedRead> Device::plan_read(std::span<const std::uint32_t> must,
                                           std::span<const std::uint32_t> may) const {
  std::vector<PlannedRead> plan;
  for (const auto table : kTables) {
    for (auto& read : registers::plan_read(wanted_in(table, must), wanted_in(table, may), rules(table))) {
      plan.push_back({read_request(unit_, table, static_cast<std::uint16_t>(read.range.first),
                                   static_cast<std::uint16_t>(read.range.count())),
                      std::move(read.points)});
    }
  }
  return plan;
}

Result<Request> Device::plan_write(const driver::PointValue& value) const {
  if (value.point >= points_.size()) return Error{"there is no such point"};
  const auto& place = points_[value.point];
  if (!is_writable(place.table)) return Error{"a " + std::string(name_of(place.table)) + " cannot be written"};
  if (is_not_finite(value.value)) return Error{"only finite numbers can be written"};
  if (is_bits(place.table)) return write_bit_point(unit_, place, value.value);
  const auto words = encode(place.format, value.value);
  if (!words.ok()) return words.error();
  if (words->size() == 1 && place.function != WriteFunction::multiple) {
    return write_register(unit_, place.first, words->front());
  }
  if (place.function == WriteFunction::single) return Error{"function single writes one register, the value has more"};
  if (words->size() > 123) return Error{"a request writes 123 registers at most"};
  return write_registers(unit_, place.first, *words);
}

std::vector<driver::PointValue> Device::decode(const Request& request, ByteView answer,
                                               std::span<const std::uint32_t> points) const {
  const auto items = items_in(request, answer);
  std::vector<driver::PointValue> values;
  for (const auto point : points) {
    const auto& place = points_[point];
    const auto words = std::span(items).subspan(place.first - request.address(), place.format.length);
    auto value = registers::decode(place.format, words);
    if (value.ok()) {
      values.push_back({point, std::move(*value), {}});
    } else {
      values.push_back({point, {}, value.error().text});
    }
  }
  return values;
}

bool Device::leaves_gaps(const Request& request, std::span<const std::uint32_t> points) const {
  std::vector<bool> is_used(request.count());
  for (const auto point : points) {
    const auto& place = points_[point];
    for (auto i = 0u; i < place.format.length; ++i) is_used[place.first - request.address() + i] = true;
  }
  return std::ranges::count(is_used, false) > 0;
}

/// A refused request over gaps puts the gaps under suspicion, one without gaps its points, one for a single
/// value that value. So each refusal narrows it down, and in the end an illegal register costs only itself.
std::string Device::learn_refused(const Request& request, std::span<const std::uint32_t> points) {
  const auto table = table_of(request.function());
  const Range range{request.address(), request.address() + request.count() - 1u};
  const auto is_one_value = std::ranges::all_of(points, [&](auto point) { return points_[point].range() == range; });
  if (rules(table).from_0 || std::ranges::count(rules(table).whole, range)) return {};
  const auto* what = is_one_value ? "hole" : leaves_gaps(request, points) ? "tight" : "apart";
  if (std::ranges::count(rules(table).holes, range)) return {};
  std::ostringstream fact;
  fact << what << ' ' << name_of(table) << ' ' << range.first << ' ' << range.last;
  learn(fact.str());
  return fact.str();
}

void Device::learn(std::string_view fact) {
  std::istringstream words{std::string(fact)};
  std::string what, table_name;
  Range range;
  if (!(words >> what >> table_name >> range.first >> range.last)) return;
  const auto table = table_named(table_name);
  if (!table || range.last < range.first || range.last >= kEnd) return;
  learn_range(what, *table, range);
}

void Device::learn_range(std::string_view what, Table table, const Range& range) {
  auto& rules = rules_of(table);
  if (what == "hole") {
    // The culprit is known, so its neighbours need not stay apart.
    std::erase_if(rules.apart, [&](const Range& apart) { return apart.contains(range); });
    rules.holes.push_back(range);
  } else if (what == "tight") {
    rules.tight.push_back(range);
  } else if (what == "apart") {
    rules.apart.push_back(range);
  }
}

}  // namespace sluice::modbus
