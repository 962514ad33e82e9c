// What is decided from the first bytes alone.
#include <gtest/gtest.h>

#include "broker/codec/decoder.h"
#include "tests/unit/codec/wire.h"

namespace sluice::codec::test {
namespace {

constexpr auto k311 = Version::v3_1_1;
constexpr auto k5 = Version::v5_0;

Frame at_server(std::string_view bytes, Version version = k311, bool expect_connect = false) {
  return find_frame(wire(bytes), Side::server, version, DecodeLimits{}, expect_connect);
}

void expect_bad(const Frame& frame, Reason reason) {
  EXPECT_EQ(frame.state, Frame::State::bad);
  EXPECT_EQ(static_cast<int>(frame.reason), static_cast<int>(reason)) << frame.why;
  EXPECT_FALSE(frame.why.empty());
}

TEST(Frame, IsIncompleteUntilItsLastByte) {
  EXPECT_EQ(at_server("").state, Frame::State::incomplete);
  EXPECT_EQ(at_server("30").size, 0u);
  EXPECT_EQ(at_server("30 80").state, Frame::State::incomplete);
  EXPECT_EQ(at_server("30 80 01").size, 131u);
  EXPECT_EQ(at_server("30 03 00 01").state, Frame::State::incomplete);
  EXPECT_EQ(at_server("30 03 00 01 't'").state, Frame::State::complete);
  EXPECT_EQ(at_server("30 03 00 01 't' 30 03").size, 5u);
}

TEST(Frame, BeginsWithConnectAndHasNoSecondOne) {
  expect_bad(at_server("C0", k311, true), Reason::protocol_error);
  expect_bad(at_server("30", k311, true), Reason::protocol_error);
  expect_bad(at_server("10", k311, false), Reason::protocol_error);
  expect_bad(at_server("'G'", k311, true), Reason::protocol_error);
  expect_bad(at_server("16 03 01", k311, true), Reason::malformed_packet);
  EXPECT_EQ(at_server("10", k311, true).state, Frame::State::incomplete);
}

TEST(Frame, RefusesLengthsThatDoNotExist) {
  expect_bad(at_server("10 FF FF FF FF 01", k311, true), Reason::malformed_packet);
  expect_bad(at_server("30 FF FF FF FF"), Reason::malformed_packet);
  expect_bad(at_server("C0 80 00"), Reason::malformed_packet);
  expect_bad(at_server("30 81 80 80 00"), Reason::malformed_packet);
}

TEST(Frame, IsTooLargeAtItsHeader) {
  expect_bad(at_server("10 FF FF FF 7F", k311, true), Reason::packet_too_large);
  const DecodeLimits limits{.max_packet = 10};
  EXPECT_EQ(find_frame(wire("30 08"), Side::server, k311, limits, false).state, Frame::State::incomplete);
  expect_bad(find_frame(wire("30 09"), Side::server, k311, limits, false), Reason::packet_too_large);
}

TEST(Frame, RefusesReservedTypesAndFlagsAtTheFirstByte) {
  for (const auto* first :
       {"00", "0F", "F0", "80", "83", "60", "63", "A0", "C1", "E1", "41", "52", "74", "36", "3E", "38", "39"}) {
    SCOPED_TRACE(first);
    expect_bad(at_server(first), Reason::malformed_packet);
  }
  expect_bad(at_server("11", k311, true), Reason::malformed_packet);
  expect_bad(at_server("F1", k5), Reason::malformed_packet);
  EXPECT_EQ(at_server("F0", k5).state, Frame::State::incomplete);
}

TEST(Frame, RefusesWhatOnlyTheOtherSideSends) {
  for (const auto* first : {"20", "90", "B0", "D0"}) expect_bad(at_server(first), Reason::protocol_error);
  for (const auto* first : {"10", "82", "A2", "C0", "E0"}) {
    SCOPED_TRACE(first);
    expect_bad(find_frame(wire(first), Side::client, k311, DecodeLimits{}, false), Reason::protocol_error);
  }
}

TEST(Frame, AllowsTheOldestVersionToRepeatWithDup) {
  for (const auto* first : {"6A", "8A", "AA"}) {
    EXPECT_EQ(at_server(first, Version::v3_1).state, Frame::State::incomplete);
    expect_bad(at_server(first, k311), Reason::malformed_packet);
  }
}

}  // namespace
}  // namespace sluice::codec::test
