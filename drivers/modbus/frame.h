// Frames on the two wires: bytes received so far go in, what they are comes out. Pure.
//
//   serial   unit | PDU | CRC low | CRC high
//   TCP      transaction (2) | protocol = 0 (2) | length of the rest (2) | unit | PDU
#pragma once

#include <cstdint>

#include "drivers/modbus/pdu.h"

namespace sluice::modbus {

enum class Found : std::uint8_t {
  nothing,    // wait for more
  answer,     // to our request, checked
  exception,  // to our request
  echo,       // our own request, read back from the wire
  foreign,    // whole and undamaged, but not the answer to our request: late, or another's
  broken,     // TCP: what follows can no longer be understood
};

struct Finding {
  Found what = Found::nothing;
  std::size_t noise = 0;  // bytes in front that belong to nothing
  std::size_t size = 0;   // bytes of the frame behind them
  Bytes pdu;              // of an answer or exception
};

Bytes rtu_frame(const Request& request);
Bytes tcp_frame(const Request& request, std::uint16_t transaction);

/// Looks for the answer in what the line brought. `echo` is the frame that was sent where it may
/// come back as an echo, else empty. Noise in front of an answer is skipped; a frame that has begun
/// to arrive like the answer is waited for before anything inside it is considered.
Finding find_in_rtu(ByteView received, const Expected& expected, ByteView echo);

/// Whether bytes that wait for more begin like the answer, so that a pause means they are cut.
bool begins_like_answer(ByteView received, const Expected& expected);

Finding find_in_tcp(ByteView received, const Expected& expected, std::uint16_t transaction);

/// What a device at the other end sees: a request, whoever it is for.
struct Heard {
  Found what = Found::nothing;  // nothing, answer (a request, that is) or broken
  std::size_t size = 0;
  Request request;
  std::uint16_t transaction = 0;
};

Heard hear_rtu(ByteView received);
Heard hear_tcp(ByteView received);

Bytes tcp_answer(std::uint16_t transaction, std::uint8_t unit, ByteView pdu);

}  // namespace sluice::modbus
