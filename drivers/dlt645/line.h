// One question on the serial line and what came of it. No late, foreign or damaged answer is taken
// for the one that was asked for (README, "No false value"). One thread; ask() returns within
// worst_time().
#pragma once

#include <string>

#include "drivers/dlt645/serial_port.h"
#include "drivers/dlt645/unanswered.h"

namespace sluice::dlt645 {

/// What a meter's settings say about asking it.
struct Asking {
  Question question;
  std::size_t content_size = 0;     // bytes that the answer is expected to have
  driver::Microseconds timeout{0};  // for the meter to begin its answer
  driver::Microseconds quiet{0};    // silence before the request
};

enum class Reply : std::uint8_t {
  answer,     // content is the item's
  continued,  // the item needs more than one frame
  error,      // `error` says which
  none,       // nothing that could be taken for an answer; reason says what was there instead
  gone,       // the port is lost
};

struct Asked {
  Reply reply = Reply::none;
  Bytes content;
  std::uint8_t error = 0;
  bool is_certain = true;  // of an error: it cannot be about an older question
  bool is_alive = false;   // the meter sent something valid
  std::string reason;
  std::uint32_t damaged = 0;  // frames and bursts of bytes that belonged to nothing
};

class Line {
 public:
  explicit Line(const BusSettings& settings);

  driver::Done open();
  void close() { port_.close(); }
  Asked ask(const Asking& asking);

  driver::Microseconds usual_time(const Asking& asking) const;
  driver::Microseconds worst_time(const Asking& asking) const;

 private:
  driver::Microseconds time_of_request(const Asking& asking) const;
  driver::Microseconds time_of_answer(const Asking& asking) const;
  driver::Microseconds time_needed(const Asking& asking) const;
  Ready wait_for_silence(const Asking& asking, Asked& asked);
  void receive(const Asking& asking, Asked& asked);
  bool take_frames(const Question& question, Asked& asked);
  bool take(const Question& question, const Frame& frame, Asked& asked);
  bool is_second_meter(const Question& question, const Frame& frame);
  void conclude(const Question& question, Asked& asked);
  bool take_bytes();

  BusSettings settings_;
  SerialPort port_;
  Unanswered unanswered_;
  Bytes received_;
  Deadline last_activity_;
  Deadline sent_;
  Deadline ends_;  // of the exchange that is being done
  /// Which meter answers when any may, and when it last did.
  std::optional<Address> only_meter_;
  Deadline only_meter_answered_;
};

}  // namespace sluice::dlt645
