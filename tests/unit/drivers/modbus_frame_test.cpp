#include "drivers/modbus/frame.h"

#include <gtest/gtest.h>

#include "drivers/modbus/crc.h"

namespace sluice::modbus {
namespace {

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

const Request kAsked = read_request(1, Table::input, 0, 2);
const Bytes kAnswer = rtu_frame({1, {4, 4, 0x43, 0x66, 0x33, 0x34}});

Finding find(const Bytes& received, const Bytes& echo = {}) {
  return find_in_rtu(received, expected_answer(kAsked), echo);
}

TEST(Crc, IsThatOfTheStandard) {
  EXPECT_EQ(crc16(Bytes{}), 0xFFFF);
  const Bytes digits{'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  EXPECT_EQ(crc16(digits), 0x4B37);
  EXPECT_EQ(rtu_frame(kAsked), (Bytes{0x01, 0x04, 0x00, 0x00, 0x00, 0x02, 0x71, 0xCB}));
  EXPECT_EQ(kAnswer, (Bytes{0x01, 0x04, 0x04, 0x43, 0x66, 0x33, 0x34, 0x1B, 0x38}));
}

TEST(RtuFrame, IsFoundWhole) {
  const auto found = find(kAnswer);
  EXPECT_EQ(found.what, Found::answer);
  EXPECT_EQ(found.noise, 0u);
  EXPECT_EQ(found.size, kAnswer.size());
  EXPECT_EQ(found.pdu, (Bytes{4, 4, 0x43, 0x66, 0x33, 0x34}));
}

TEST(RtuFrame, IsWaitedForAtEachCut) {
  for (std::size_t cut = 0; cut < kAnswer.size(); ++cut) {
    EXPECT_EQ(find({kAnswer.begin(), kAnswer.begin() + static_cast<std::ptrdiff_t>(cut)}).what, Found::nothing) << cut;
  }
}

TEST(RtuFrame, IsNeverFoundWithAnyOneBitWrong) {
  for (std::size_t bit = 0; bit < kAnswer.size() * 8; ++bit) {
    auto damaged = kAnswer;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto what = find(damaged).what;
    EXPECT_TRUE(what == Found::nothing || what == Found::foreign) << bit;
  }
}

TEST(RtuFrame, IsFoundBehindNoiseOfAnyLength) {
  for (std::size_t length = 1; length < 20; ++length) {
    const auto found = find(joined(Bytes(length, 0x00), kAnswer));
    EXPECT_EQ(found.what, Found::answer) << length;
    EXPECT_EQ(found.noise, length);
  }
}

TEST(RtuFrame, IsFoundBehindADamagedCopy) {
  auto damaged = kAnswer;
  damaged[3] ^= 0x10;
  const auto found = find(joined(damaged, kAnswer));
  EXPECT_EQ(found.what, Found::answer);
  EXPECT_EQ(found.noise, damaged.size());
}

TEST(RtuFrame, LeavesSurplusBehindItself) {
  const auto found = find(joined(kAnswer, {1, 2}));
  EXPECT_EQ(found.what, Found::answer);
  EXPECT_EQ(found.size, kAnswer.size());
}

TEST(RtuFrame, OfAnotherUnitFunctionOrLengthIsForeign) {
  for (const auto& other : {Request{9, {4, 4, 1, 2, 3, 4}}, Request{1, {3, 4, 1, 2, 3, 4}}, Request{1, {4, 2, 1, 2}},
                            Request{1, {0x83, 2}}, Request{9, {0x84, 2}}, Request{1, {6, 0, 1, 0, 2}}}) {
    const auto frame = rtu_frame(other);
    const auto found = find(frame);
    EXPECT_EQ(found.what, Found::foreign);
    EXPECT_EQ(found.size, frame.size());
  }
}

TEST(RtuFrame, OfAnotherUnitWithAWrongChecksumIsNoise) {
  auto frame = rtu_frame({9, {4, 4, 1, 2, 3, 4}});
  frame.back() ^= 1;
  EXPECT_EQ(find(frame).what, Found::nothing);
}

TEST(RtuFrame, ThatAnnouncesMoreThanComesIsNothing) {
  EXPECT_EQ(find({1, 4, 250, 1, 2, 3, 4, 5, 6}).what, Found::nothing);
}

TEST(RtuFrame, IsAnExceptionOnlyForItsFunction) {
  for (const auto code : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 200}) {
    const auto found = find(rtu_frame({1, {0x84, static_cast<std::uint8_t>(code)}}));
    EXPECT_EQ(found.what, Found::exception);
    EXPECT_EQ(found.pdu[1], code);
  }
}

TEST(RtuFrame, OfOurOwnIsAnEcho) {
  const auto echo = rtu_frame(kAsked);
  EXPECT_EQ(find(echo, echo).what, Found::echo);
  EXPECT_EQ(find(joined(echo, kAnswer), echo).what, Found::echo);
  EXPECT_EQ(find({echo.begin(), echo.begin() + 5}, echo).what, Found::nothing);
  EXPECT_EQ(find(kAnswer, echo).what, Found::answer);
}

TEST(RtuFrame, OfAWriteIsItsExactRepetition) {
  const auto write = write_register(1, 300, 7);
  const auto expected = expected_answer(write);
  EXPECT_EQ(find_in_rtu(rtu_frame(write), expected, {}).what, Found::answer);
  EXPECT_EQ(find_in_rtu(rtu_frame(write_register(1, 300, 8)), expected, {}).what, Found::foreign);
  EXPECT_EQ(find_in_rtu(rtu_frame(write_register(1, 301, 7)), expected, {}).what, Found::foreign);
  const std::uint16_t words[] = {1, 2};
  const auto several = write_registers(1, 300, words);
  EXPECT_EQ(find_in_rtu(rtu_frame({1, {16, 1, 44, 0, 2}}), expected_answer(several), {}).what, Found::answer);
  EXPECT_EQ(find_in_rtu(rtu_frame({1, {16, 1, 44, 0, 1}}), expected_answer(several), {}).what, Found::foreign);
}

Finding find_tcp(const Bytes& received) { return find_in_tcp(received, expected_answer(kAsked), 0x1234); }
const Bytes kTcpAnswer = tcp_answer(0x1234, 1, Bytes{4, 4, 0x43, 0x66, 0x33, 0x34});

TEST(TcpFrame, IsFoundWholeAndWaitedForAtEachCut) {
  EXPECT_EQ(kTcpAnswer, (Bytes{0x12, 0x34, 0, 0, 0, 7, 1, 4, 4, 0x43, 0x66, 0x33, 0x34}));
  EXPECT_EQ(find_tcp(kTcpAnswer).what, Found::answer);
  EXPECT_EQ(find_tcp(tcp_answer(0x1234, 1, Bytes{0x84, 2})).what, Found::exception);
  for (std::size_t cut = 0; cut < kTcpAnswer.size(); ++cut) {
    const Bytes part(kTcpAnswer.begin(), kTcpAnswer.begin() + static_cast<std::ptrdiff_t>(cut));
    EXPECT_EQ(find_tcp(part).what, Found::nothing) << cut;
  }
}

TEST(TcpFrame, WithAnotherNumberUnitFunctionOrLengthIsForeign) {
  const Bytes pdu{4, 4, 1, 2, 3, 4};
  EXPECT_EQ(find_tcp(tcp_answer(0x1233, 1, pdu)).what, Found::foreign);
  EXPECT_EQ(find_tcp(tcp_answer(0x1234, 2, pdu)).what, Found::foreign);
  EXPECT_EQ(find_tcp(tcp_answer(0x1234, 1, Bytes{3, 4, 1, 2, 3, 4})).what, Found::foreign);
  EXPECT_EQ(find_tcp(tcp_answer(0x1234, 1, Bytes{4, 2, 1, 2})).what, Found::foreign);
  EXPECT_EQ(find_tcp(tcp_answer(0x1234, 1, Bytes{0x83, 2})).what, Found::foreign);
}

TEST(TcpFrame, WithAnImpossibleHeaderEndsTheConnection) {
  for (const auto& header :
       {Bytes{0x12, 0x34, 0, 1, 0, 7}, Bytes{0x12, 0x34, 1, 0, 0, 7}, Bytes{0x12, 0x34, 0, 0, 0, 0},
        Bytes{0x12, 0x34, 0, 0, 0, 2}, Bytes{0x12, 0x34, 0, 0, 0xFF, 0xFF}, Bytes{0x12, 0x34, 0, 0, 0, 255}}) {
    EXPECT_EQ(find_tcp(header).what, Found::broken);
  }
}

}  // namespace
}  // namespace sluice::modbus
