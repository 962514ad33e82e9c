// Modbus RTU on a serial port: silence, request, answer, and the care that no late, doubled, foreign
// or damaged answer is ever taken for the one that was asked for (README, "No false value").
#pragma once

#include "drivers/modbus/frame.h"
#include "drivers/modbus/line.h"
#include "drivers/modbus/serial_port.h"
#include "drivers/modbus/unanswered.h"

namespace sluice::modbus {

class RtuLine : public Line {
 public:
  explicit RtuLine(const BusSettings& settings);

  driver::Done open() override;
  void close() override;
  Asked ask(const Question& question) override;

  driver::Microseconds usual_time(const Question& question) const override;
  driver::Microseconds worst_time(const Question& question) const override;

 private:
  /// Whether requests come back as an echo; seen from the answers to reads.
  enum class Echo : std::uint8_t { unknown, none, present };

  Asked ask_safely(const Question& question);
  Asked ask_plainly(const Question& question);
  bool needs_probe(const Request& request) const;
  Asked probe(const Question& question);
  Ready wait_for_silence(const Question& question, Asked& asked);
  void receive(const Question& question, Asked& asked);
  bool take_findings(const Request& request, ByteView echo, Asked& asked);
  void take_exception(const Expected& expected, Finding finding, Asked& asked);
  void conclude(const Expected& expected, Asked& asked);
  std::string what_was_there(const Expected& expected) const;
  bool take_bytes();
  driver::Microseconds time_needed(const Question& question) const;
  driver::Microseconds time_of_answer(const Request& request) const;

  SerialPort port_;
  SerialFormat format_;
  driver::Microseconds timeout_;
  Unanswered unanswered_;
  Echo echo_ = Echo::unknown;
  bool is_echo_due_ = false;
  Bytes received_;
  Deadline opened_;
  Deadline last_activity_;
  Deadline sent_;
  Deadline ends_;  // of the exchange that is being done
};

}  // namespace sluice::modbus
