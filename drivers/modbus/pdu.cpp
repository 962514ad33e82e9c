#include "drivers/modbus/pdu.h"

#include <algorithm>
#include <cassert>

namespace sluice::modbus {

namespace {

constexpr std::string_view kNames[] = {"coil", "discrete", "input", "holding"};

void append_word(Bytes& bytes, std::uint16_t word) {
  bytes.push_back(static_cast<std::uint8_t>(word >> 8));
  bytes.push_back(static_cast<std::uint8_t>(word & 0xFF));
}

Request request_of(std::uint8_t unit, std::uint8_t function, std::uint16_t first, std::uint16_t second) {
  Request request{unit, {function}};
  append_word(request.pdu, first);
  append_word(request.pdu, second);
  return request;
}

std::size_t bytes_for(Table table, std::size_t count) { return is_bits(table) ? (count + 7) / 8 : count * 2; }

}  // namespace

std::string_view name_of(Table table) { return kNames[static_cast<std::size_t>(table)]; }

std::optional<Table> table_named(std::string_view name) {
  for (const auto table : kTables) {
    if (name_of(table) == name) return table;
  }
  return std::nullopt;
}

Table table_of(std::uint8_t function) {
  switch (function) {
    case kReadDiscretes: return Table::discrete;
    case kReadInput: return Table::input;
    case kReadCoils:
    case kWriteCoil:
    case kWriteCoils: return Table::coil;
    default: return Table::holding;
  }
}

std::uint8_t read_function(Table table) {
  switch (table) {
    case Table::coil: return kReadCoils;
    case Table::discrete: return kReadDiscretes;
    case Table::input: return kReadInput;
    case Table::holding: break;
  }
  return kReadHolding;
}

Request read_request(std::uint8_t unit, Table table, std::uint16_t first, std::uint16_t count) {
  return request_of(unit, read_function(table), first, count);
}

Request write_coil(std::uint8_t unit, std::uint16_t address, bool value) {
  return request_of(unit, kWriteCoil, address, value ? 0xFF00 : 0);
}

Request write_coils(std::uint8_t unit, std::uint16_t address, bool value) {
  auto request = request_of(unit, kWriteCoils, address, 1);
  request.pdu.push_back(1);
  request.pdu.push_back(value ? 1 : 0);
  return request;
}

Request write_register(std::uint8_t unit, std::uint16_t address, std::uint16_t value) {
  return request_of(unit, kWriteRegister, address, value);
}

Request write_registers(std::uint8_t unit, std::uint16_t address, std::span<const std::uint16_t> values) {
  auto request = request_of(unit, kWriteRegisters, address, static_cast<std::uint16_t>(values.size()));
  request.pdu.push_back(static_cast<std::uint8_t>(values.size() * 2));
  for (const auto value : values) append_word(request.pdu, value);
  return request;
}

bool Expected::is_met_by(ByteView pdu) const { return pdu.size() == size && may_become(pdu); }

bool Expected::is_exception(ByteView pdu) const { return pdu.size() == 2 && pdu[0] == (function() | kExceptionFlag); }

bool Expected::may_become(ByteView beginning) const {
  const auto known = std::min(beginning.size(), start.size());
  return std::equal(beginning.begin(), beginning.begin() + static_cast<std::ptrdiff_t>(known), start.begin());
}

Expected expected_answer(const Request& request) {
  if (request.is_write()) return {request.unit, 5, Bytes(request.pdu.begin(), request.pdu.begin() + 5)};
  const auto bytes = bytes_for(table_of(request.function()), request.count());
  return {request.unit, 2 + bytes, {request.function(), static_cast<std::uint8_t>(bytes)}};
}

std::vector<std::uint16_t> items_in(const Request& request, ByteView answer) {
  assert(expected_answer(request).is_met_by(answer));
  const auto content = answer.subspan(2);
  std::vector<std::uint16_t> items(request.count());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (is_bits(table_of(request.function()))) {
      items[i] = content[i / 8] >> i % 8 & 1;
    } else {
      items[i] = static_cast<std::uint16_t>(content[i * 2] << 8 | content[i * 2 + 1]);
    }
  }
  return items;
}

}  // namespace sluice::modbus
