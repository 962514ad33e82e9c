// A serial line with Modbus RTU devices: the program modbus_slave, held by a test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "gateway/cli/child_process.h"

namespace sluice::testing {

class ModbusLine {
 public:
  /// Returns when the line is there: a pty linked at `link`, with these units (`1,2,3`).
  ModbusLine(const std::filesystem::path& link, const std::string& units);

  /// `what` as modbus_slave's own commands, done when this returns: `set 1 holding 10 5`.
  void tell(const std::string& what);

  void float32(int unit, const std::string& table, int address, float value);

  /// True when the devices were written as `line` says (`write 1 holding 10 5`) before the deadline.
  bool was_written(const std::string& line, std::chrono::seconds within = std::chrono::seconds(10));

  /// How often this was written so far.
  std::size_t times_written(const std::string& line) const;

 private:
  std::unique_ptr<cli::ChildProcess> process_;
  std::size_t answers_ = 0;
};

}  // namespace sluice::testing
