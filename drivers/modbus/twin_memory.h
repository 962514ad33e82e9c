// What one simulated device holds, and how it answers a request. Pure.
#pragma once

#include <deque>
#include <map>

#include "drivers/modbus/device.h"

namespace sluice::modbus {

class TwinMemory {
 public:
  explicit TwinMemory(Device device);

  std::uint8_t unit() const { return device_.unit(); }
  driver::Done set(const driver::PointValue& value);
  /// The PDU of the answer, an exception where the request asks for what is not there.
  Bytes answer(ByteView pdu);
  std::optional<driver::PointValue> next_written();

 private:
  using Cells = std::map<std::uint16_t, std::uint16_t>;

  Cells& cells(Table table) { return cells_[static_cast<std::size_t>(table)]; }
  bool has(Table table, std::uint32_t first, std::uint32_t count);
  Bytes answer_read(ByteView pdu);
  Bytes answer_single_write(ByteView pdu);
  Bytes answer_multiple_write(ByteView pdu);
  void write(Table table, std::uint16_t first, const std::vector<std::uint16_t>& items);

  Device device_;
  Cells cells_[4];
  std::deque<driver::PointValue> written_;
};

}  // namespace sluice::modbus
