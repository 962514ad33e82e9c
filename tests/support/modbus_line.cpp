#include "tests/support/modbus_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace sluice::testing {
namespace {

bool is_answer(const std::string& line) { return line == "ok" || line.starts_with("error"); }

}  // namespace

ModbusLine::ModbusLine(const std::filesystem::path& link, const std::string& units)
    : process_(cli::ChildProcess::start({SLUICE_MODBUS_SLAVE, "--pty", link.string(), "--units", units}).value()) {
  const auto ready = process_->output().wait_for([](const std::string& line) { return line == "ready"; },
                                                 monotonic_now() + std::chrono::seconds(10));
  if (!ready) throw std::runtime_error("modbus_slave does not start");
}

void ModbusLine::tell(const std::string& what) {
  process_->write_line(what);
  std::size_t seen = 0;
  const auto answer =
      process_->output().wait_for([&](const std::string& line) { return is_answer(line) && seen++ == answers_; },
                                  monotonic_now() + std::chrono::seconds(10));
  ++answers_;
  if (answer != "ok") throw std::runtime_error("modbus_slave: " + answer.value_or("no answer to " + what));
}

void ModbusLine::float32(int unit, const std::string& table, int address, float value) {
  tell(fmt::format("float32 {} {} {} {}", unit, table, address, value));
}

bool ModbusLine::was_written(const std::string& line, std::chrono::seconds within) {
  return process_->output()
      .wait_for([&](const std::string& seen) { return seen == line; }, monotonic_now() + within)
      .has_value();
}

std::size_t ModbusLine::times_written(const std::string& line) const {
  const auto lines = process_->output().all();
  return static_cast<std::size_t>(std::ranges::count(lines, line));
}

}  // namespace sluice::testing
