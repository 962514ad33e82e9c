#include "drivers/modbus/twin_memory.h"

#include <algorithm>

namespace sluice::modbus {

namespace {

constexpr std::uint8_t kIllegalFunction = 1;
constexpr std::uint8_t kIllegalAddress = 2;
constexpr std::uint8_t kIllegalValue = 3;

/// Written values that nobody collects; the oldest go.
constexpr std::size_t kMostWritten = 1'000;

std::uint16_t word_at(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(bytes[offset] << 8 | bytes[offset + 1]);
}

Bytes exception_to(ByteView pdu, std::uint8_t code) {
  return {static_cast<std::uint8_t>(pdu[0] | kExceptionFlag), code};
}

std::uint32_t most_in(Table table) { return is_bits(table) ? 2000 : 125; }

Bytes packed_bits(const std::vector<std::uint16_t>& items) {
  Bytes bytes((items.size() + 7) / 8);
  for (std::size_t i = 0; i < items.size(); ++i) bytes[i / 8] |= static_cast<std::uint8_t>((items[i] & 1) << i % 8);
  return bytes;
}

Bytes packed_words(const std::vector<std::uint16_t>& items) {
  Bytes bytes;
  for (const auto item : items) {
    bytes.push_back(static_cast<std::uint8_t>(item >> 8));
    bytes.push_back(static_cast<std::uint8_t>(item & 0xFF));
  }
  return bytes;
}

}  // namespace

/// Registers exist where points lie; has() adds what `legal` allows.
TwinMemory::TwinMemory(Device device) : device_(std::move(device)) {
  for (const auto& place : device_.points()) {
    for (auto i = 0u; i < place.format.length; ++i) cells(place.table)[static_cast<std::uint16_t>(place.first + i)];
  }
}

bool TwinMemory::has(Table table, std::uint32_t first, std::uint32_t count) {
  if (count == 0 || first + count > 0x10000) return false;
  const auto& legal = device_.rules(table).legal;
  for (auto address = first; address < first + count; ++address) {
    const auto is_legal = std::ranges::any_of(legal, [&](const registers::Range& range) {
      return range.contains({address, address});
    });
    if (!is_legal && !cells(table).contains(static_cast<std::uint16_t>(address))) return false;
  }
  return true;
}

driver::Done TwinMemory::set(const driver::PointValue& value) {
  if (value.point >= device_.points().size()) return driver::Error{"there is no such point"};
  const auto& place = device_.points()[value.point];
  std::vector<std::uint16_t> held(place.format.length);
  for (auto i = 0u; i < held.size(); ++i) held[i] = cells(place.table)[static_cast<std::uint16_t>(place.first + i)];
  const auto words = encode_into(place.format, value.value, held);
  if (!words.ok()) return words.error();
  for (auto i = 0u; i < held.size(); ++i) cells(place.table)[static_cast<std::uint16_t>(place.first + i)] = (*words)[i];
  return driver::done();
}

Bytes TwinMemory::answer(ByteView pdu) {
  if (pdu.size() < 5) return exception_to(pdu, kIllegalValue);
  switch (pdu[0]) {
    case kReadCoils:
    case kReadDiscretes:
    case kReadHolding:
    case kReadInput: return answer_read(pdu);
    case kWriteCoil:
    case kWriteRegister: return answer_single_write(pdu);
    case kWriteCoils:
    case kWriteRegisters: return answer_multiple_write(pdu);
    default: return exception_to(pdu, kIllegalFunction);
  }
}

Bytes TwinMemory::answer_read(ByteView pdu) {
  const auto table = table_of(pdu[0]);
  const std::uint32_t first = word_at(pdu, 1);
  const std::uint32_t count = word_at(pdu, 3);
  if (count == 0 || count > most_in(table)) return exception_to(pdu, kIllegalValue);
  if (!has(table, first, count)) return exception_to(pdu, kIllegalAddress);
  std::vector<std::uint16_t> items;
  for (auto address = first; address < first + count; ++address) {
    const auto cell = cells(table).find(static_cast<std::uint16_t>(address));
    items.push_back(cell == cells(table).end() ? std::uint16_t{0} : cell->second);
  }
  const auto content = is_bits(table) ? packed_bits(items) : packed_words(items);
  Bytes answer{pdu[0], static_cast<std::uint8_t>(content.size())};
  answer.insert(answer.end(), content.begin(), content.end());
  return answer;
}

Bytes TwinMemory::answer_single_write(ByteView pdu) {
  const auto table = table_of(pdu[0]);
  const auto address = word_at(pdu, 1);
  const auto value = word_at(pdu, 3);
  if (pdu.size() != 5 || (table == Table::coil && value != 0 && value != 0xFF00)) {
    return exception_to(pdu, kIllegalValue);
  }
  if (!has(table, address, 1)) return exception_to(pdu, kIllegalAddress);
  write(table, address, {table == Table::coil ? static_cast<std::uint16_t>(value != 0) : value});
  return {pdu.begin(), pdu.end()};
}

Bytes TwinMemory::answer_multiple_write(ByteView pdu) {
  const auto table = table_of(pdu[0]);
  const auto address = word_at(pdu, 1);
  const std::size_t count = word_at(pdu, 3);
  const auto bytes = is_bits(table) ? (count + 7) / 8 : count * 2;
  if (count == 0 || pdu.size() != 6 + bytes || pdu[5] != bytes) return exception_to(pdu, kIllegalValue);
  if (!has(table, address, static_cast<std::uint32_t>(count))) return exception_to(pdu, kIllegalAddress);
  std::vector<std::uint16_t> items(count);
  for (std::size_t i = 0; i < count; ++i) {
    items[i] = is_bits(table) ? static_cast<std::uint16_t>(pdu[6 + i / 8] >> i % 8 & 1) : word_at(pdu, 6 + i * 2);
  }
  write(table, address, items);
  return {pdu.begin(), pdu.begin() + 5};
}

/// Every point that the write touched has a new value, whole or in part.
void TwinMemory::write(Table table, std::uint16_t first, const std::vector<std::uint16_t>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) cells(table)[static_cast<std::uint16_t>(first + i)] = items[i];
  const registers::Range range{first, first + static_cast<std::uint32_t>(items.size()) - 1};
  for (std::uint32_t point = 0; point < device_.points().size(); ++point) {
    const auto& place = device_.points()[point];
    if (place.table != table || !place.range().meets(range)) continue;
    std::vector<std::uint16_t> words;
    for (auto i = 0u; i < place.format.length; ++i) {
      words.push_back(cells(table)[static_cast<std::uint16_t>(place.first + i)]);
    }
    auto value = registers::decode(place.format, words);
    if (value.ok()) written_.push_back({point, std::move(*value), {}});
  }
  while (written_.size() > kMostWritten) written_.pop_front();
}

std::optional<driver::PointValue> TwinMemory::next_written() {
  if (written_.empty()) return std::nullopt;
  auto value = std::move(written_.front());
  written_.pop_front();
  return value;
}

}  // namespace sluice::modbus
