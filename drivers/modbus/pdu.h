// Requests and what their answers must look like, free of any framing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::modbus {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

enum class Table : std::uint8_t { coil, discrete, input, holding };

inline constexpr const char* kTableNames = "coil discrete input holding";
inline constexpr Table kTables[] = {Table::coil, Table::discrete, Table::input, Table::holding};

std::string_view name_of(Table table);
std::optional<Table> table_named(std::string_view name);
constexpr bool is_bits(Table table) { return table == Table::coil || table == Table::discrete; }
constexpr bool is_writable(Table table) { return table == Table::coil || table == Table::holding; }

enum Function : std::uint8_t {
  kReadCoils = 1,
  kReadDiscretes = 2,
  kReadHolding = 3,
  kReadInput = 4,
  kWriteCoil = 5,
  kWriteRegister = 6,
  kWriteCoils = 15,
  kWriteRegisters = 16,
};
inline constexpr std::uint8_t kExceptionFlag = 0x80;

inline constexpr std::size_t kLargestPdu = 253;

/// A question to one unit: function code and what follows it.
struct Request {
  std::uint8_t unit = 0;
  Bytes pdu;

  std::uint8_t function() const { return pdu[0]; }
  std::uint16_t address() const { return static_cast<std::uint16_t>(pdu[1] << 8 | pdu[2]); }
  /// Of all but the two single writes.
  std::uint16_t count() const { return static_cast<std::uint16_t>(pdu[3] << 8 | pdu[4]); }
  bool is_write() const { return function() >= kWriteCoil; }
  /// Whether the answer repeats the request byte for byte.
  bool is_repeated_by_answer() const { return function() == kWriteCoil || function() == kWriteRegister; }

  bool operator==(const Request&) const = default;
};

Request read_request(std::uint8_t unit, Table table, std::uint16_t first, std::uint16_t count);
Request write_coil(std::uint8_t unit, std::uint16_t address, bool value);
Request write_coils(std::uint8_t unit, std::uint16_t address, bool value);
Request write_register(std::uint8_t unit, std::uint16_t address, std::uint16_t value);
Request write_registers(std::uint8_t unit, std::uint16_t address, std::span<const std::uint16_t> values);

/// The table that a read or write function is about.
Table table_of(std::uint8_t function);
std::uint8_t read_function(Table table);

/// What the answer to a request must be: so many bytes, which begin so. Two requests whose
/// answers look alike cannot be told apart on a line that carries no numbers.
struct Expected {
  std::uint8_t unit = 0;
  std::size_t size = 0;  // of the answer's PDU
  Bytes start;           // function and byte count of a read, the whole echo of a write

  std::uint8_t function() const { return start[0]; }
  bool is_met_by(ByteView pdu) const;
  bool is_exception(ByteView pdu) const;
  /// Whether bytes received so far could become the answer.
  bool may_become(ByteView beginning) const;

  bool operator==(const Expected&) const = default;
};

Expected expected_answer(const Request& request);

/// The content of an answer to a read: registers, or one number per bit.
std::vector<std::uint16_t> items_in(const Request& request, ByteView answer);

}  // namespace sluice::modbus
