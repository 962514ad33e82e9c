// The wire as the driver uses it: ask one question, get what came of it. A line belongs to one
// thread; ask() returns within the time that worst_time() states.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "drivers/modbus/pdu.h"
#include "drivers/modbus/settings.h"

namespace sluice::modbus {

/// One question and what the device's settings say about asking it.
struct Question {
  Request request;
  driver::Microseconds timeout{0};        // for the device to begin its answer
  driver::Microseconds quiet{0};          // silence before the request
  driver::Microseconds after_connect{0};  // wait between opening and the first request
  std::uint32_t reach = 0;                // registers (bits) from the request's address that may be read
};

enum class Reply : std::uint8_t {
  answer,     // pdu is the answer
  exception,  // pdu[1] says which
  none,       // nothing that could be taken for an answer; reason says what was there instead
  later,      // not asked: an older answer may still come that could be mistaken for this one
  gone,       // the port or connection is lost
};

struct Asked {
  Reply reply = Reply::none;
  Bytes pdu;
  std::string reason;
  bool was_sent = false;      // the request may have reached the device
  bool is_alive = false;      // the device sent something valid
  bool is_certain = true;     // of an exception: it cannot belong to an older request
  std::uint32_t damaged = 0;  // frames and bursts of bytes that belonged to nothing
  std::chrono::milliseconds later{0};
};

class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  virtual ~Line() = default;

  virtual driver::Done open() = 0;
  virtual void close() = 0;
  virtual Asked ask(const Question& question) = 0;

  virtual driver::Microseconds usual_time(const Question& question) const = 0;
  virtual driver::Microseconds worst_time(const Question& question) const = 0;
};

std::unique_ptr<Line> make_line(const BusSettings& settings);

}  // namespace sluice::modbus
