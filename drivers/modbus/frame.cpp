#include "drivers/modbus/frame.h"

#include <algorithm>
#include <array>

#include "drivers/modbus/crc.h"

namespace sluice::modbus {

namespace {

constexpr std::size_t kRtuSurround = 3;  // unit and checksum
constexpr std::size_t kExceptionFrame = 5;
constexpr std::size_t kTcpHeader = 7;

bool has_good_crc(ByteView frame) {
  const auto body = frame.first(frame.size() - 2);
  return crc16(body) == (frame[frame.size() - 2] | frame[frame.size() - 1] << 8);
}

bool starts_with(ByteView bytes, ByteView beginning) {
  return bytes.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), bytes.begin());
}

ByteView pdu_of(ByteView frame) { return frame.subspan(1, frame.size() - kRtuSurround); }

bool begins_like_exception(ByteView received, const Expected& expected) {
  if (received.empty() || received[0] != expected.unit) return false;
  return received.size() < 2 || received[1] == (expected.function() | kExceptionFlag);
}

/// The whole frame at the front if it is the answer to our request or its exception.
Finding our_frame(ByteView received, const Expected& expected) {
  const auto size = expected.size + kRtuSurround;
  if (received.size() >= size && received[0] == expected.unit) {
    const auto frame = received.first(size);
    if (expected.is_met_by(pdu_of(frame)) && has_good_crc(frame)) {
      return {Found::answer, 0, size, {frame.begin() + 1, frame.end() - 2}};
    }
  }
  if (received.size() >= kExceptionFrame && received[0] == expected.unit) {
    const auto frame = received.first(kExceptionFrame);
    if (expected.is_exception(pdu_of(frame)) && has_good_crc(frame)) {
      return {Found::exception, 0, kExceptionFrame, {frame.begin() + 1, frame.end() - 2}};
    }
  }
  return {};
}

/// The sizes that a frame with this beginning can have as an answer and as a request.
std::array<std::size_t, 2> possible_sizes(ByteView received) {
  const auto function = received[1];
  if (function & kExceptionFlag) return {kExceptionFrame, 0};
  const auto answer_to_read = received.size() > 2 ? kRtuSurround + 2 + received[2] : 0;
  switch (function) {
    case kReadCoils:
    case kReadDiscretes:
    case kReadHolding:
    case kReadInput: return {answer_to_read, 8};
    case kWriteCoil:
    case kWriteRegister: return {8, 0};
    case kWriteCoils:
    case kWriteRegisters: return {8, received.size() > 6 ? 9u + received[6] : 0u};
    default: return {0, 0};
  }
}

/// The size of an undamaged frame at the front, whoever's it is; 0 when there is none.
std::size_t any_frame(ByteView received) {
  if (received.size() < kExceptionFrame) return 0;
  for (const auto size : possible_sizes(received)) {
    if (size != 0 && received.size() >= size && has_good_crc(received.first(size))) return size;
  }
  return 0;
}

std::uint16_t word_at(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(bytes[offset] << 8 | bytes[offset + 1]);
}

/// The length of the MBAP header counts unit and PDU; a PDU has at least two bytes.
bool is_broken_header(ByteView received) {
  if (received.size() >= 4 && word_at(received, 2) != 0) return true;
  return received.size() >= 6 && (word_at(received, 4) < 3 || word_at(received, 4) > kLargestPdu + 1);
}

/// The size of the TCP frame at the front once all of it is there, else 0.
std::size_t tcp_size(ByteView received) {
  if (received.size() < kTcpHeader) return 0;
  const auto size = std::size_t{6} + word_at(received, 4);
  return received.size() >= size ? size : 0;
}

/// The size of a request frame on a serial line, 0 while it is unknown or is none of ours.
std::size_t request_size(ByteView received) {
  if (received.size() < 2) return 0;
  if (received[1] == kWriteCoils || received[1] == kWriteRegisters) {
    return received.size() > 6 ? std::size_t{9} + received[6] : 0;
  }
  return 8;
}

}  // namespace

Bytes rtu_frame(const Request& request) {
  Bytes frame;
  frame.reserve(request.pdu.size() + kRtuSurround);
  frame.push_back(request.unit);
  frame.insert(frame.end(), request.pdu.begin(), request.pdu.end());
  const auto crc = crc16(frame);
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFF));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8));
  return frame;
}

Bytes tcp_answer(std::uint16_t transaction, std::uint8_t unit, ByteView pdu) {
  const auto length = pdu.size() + 1;
  const std::array<std::uint8_t, kTcpHeader> header{
      static_cast<std::uint8_t>(transaction >> 8), static_cast<std::uint8_t>(transaction & 0xFF), 0,   0,
      static_cast<std::uint8_t>(length >> 8),      static_cast<std::uint8_t>(length & 0xFF),      unit};
  Bytes frame(kTcpHeader + pdu.size());
  std::copy(pdu.begin(), pdu.end(), std::copy(header.begin(), header.end(), frame.begin()));
  return frame;
}

Bytes tcp_frame(const Request& request, std::uint16_t transaction) {
  return tcp_answer(transaction, request.unit, request.pdu);
}

bool begins_like_answer(ByteView received, const Expected& expected) {
  if (received.empty() || received[0] != expected.unit) return false;
  return expected.may_become(received.subspan(1)) || begins_like_exception(received, expected);
}

Finding find_in_rtu(ByteView received, const Expected& expected, ByteView echo) {
  if (!echo.empty() && starts_with(received, echo)) return {Found::echo, 0, echo.size(), {}};
  if (!echo.empty() && received.size() < echo.size() && starts_with(echo, received)) return {};
  if (auto ours = our_frame(received, expected); ours.what != Found::nothing) return ours;
  const auto is_exception = received.size() >= 2 && begins_like_exception(received, expected);
  const auto wanted = is_exception ? kExceptionFrame : expected.size + kRtuSurround;
  if (begins_like_answer(received, expected) && received.size() < wanted) return {};
  if (const auto size = any_frame(received); size != 0) return {Found::foreign, 0, size, {}};
  for (std::size_t noise = 1; noise < received.size(); ++noise) {
    auto ours = our_frame(received.subspan(noise), expected);
    ours.noise = noise;
    if (ours.what != Found::nothing) return ours;
  }
  return {};
}

Finding find_in_tcp(ByteView received, const Expected& expected, std::uint16_t transaction) {
  if (is_broken_header(received)) return {Found::broken, 0, 0, {}};
  const auto size = tcp_size(received);
  if (size == 0) return {};
  const auto is_ours = word_at(received, 0) == transaction && received[6] == expected.unit;
  const auto pdu = received.subspan(kTcpHeader, size - kTcpHeader);
  Finding finding{Found::foreign, 0, size, {pdu.begin(), pdu.end()}};
  if (is_ours && expected.is_met_by(pdu)) finding.what = Found::answer;
  if (is_ours && expected.is_exception(pdu)) finding.what = Found::exception;
  return finding;
}

Heard hear_rtu(ByteView received) {
  const auto size = request_size(received);
  if (size == 0 || received.size() < size) return {};
  const auto frame = received.first(size);
  if (!has_good_crc(frame)) return {Found::broken, 0, {}, 0};
  const auto pdu = pdu_of(frame);
  return {Found::answer, size, {frame[0], {pdu.begin(), pdu.end()}}, 0};
}

Heard hear_tcp(ByteView received) {
  if (is_broken_header(received)) return {Found::broken, 0, {}, 0};
  const auto size = tcp_size(received);
  if (size == 0) return {};
  const auto pdu = received.subspan(kTcpHeader, size - kTcpHeader);
  return {Found::answer, size, {received[6], {pdu.begin(), pdu.end()}}, word_at(received, 0)};
}

}  // namespace sluice::modbus
