// Modbus TCP to one host: requests carry numbers, so a late answer is known by its own.
#pragma once

#include "drivers/modbus/descriptor.h"
#include "drivers/modbus/frame.h"
#include "drivers/modbus/line.h"

namespace sluice::modbus {

class TcpLine : public Line {
 public:
  explicit TcpLine(const BusSettings& settings);

  driver::Done open() override;
  void close() override;
  Asked ask(const Question& question) override;

  driver::Microseconds usual_time(const Question& question) const override;
  driver::Microseconds worst_time(const Question& question) const override;

 private:
  bool is_closed_by_peer();
  void wait_until_allowed(const Question& question) const;
  void receive(const Expected& expected, Deadline deadline, Asked& asked);
  bool take_findings(const Expected& expected, Asked& asked);
  bool take_bytes();

  HostAddress host_;
  driver::Microseconds timeout_;
  Descriptor socket_;
  std::uint16_t transaction_ = 0;
  Bytes received_;
  Deadline opened_;
  Deadline last_activity_;
};

}  // namespace sluice::modbus
