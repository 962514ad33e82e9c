#include "drivers/dlt645/frame.h"

#include <gtest/gtest.h>

#include "drivers/dlt645/answer.h"
#include "drivers/dlt645/unanswered.h"

namespace sluice::dlt645 {
namespace {

using driver::Code;
using namespace std::chrono_literals;

constexpr Address kMeter{0x61, 0x01, 0, 0, 0, 0};
constexpr Address kOther{0x62, 0x01, 0, 0, 0, 0};
const Question kEnergy{Version::v2007, kMeter, {0x00, 0x00, 0x01, 0x00}};
const Question kVoltage{Version::v2007, kMeter, {0x00, 0x01, 0x01, 0x02}};
const Question kOldEnergy{Version::v1997, kMeter, {0x10, 0x90}};

// Telegrams that public descriptions of the protocol quote: 0.26 kWh.
const Bytes kQuotedRequest{0xFE, 0xFE, 0xFE, 0xFE, 0x68, 0x61, 0x01, 0x00, 0x00, 0x00,
                           0x00, 0x68, 0x11, 0x04, 0x33, 0x33, 0x34, 0x33, 0x14, 0x16};
const Bytes kQuotedAnswer{0x68, 0x61, 0x01, 0x00, 0x00, 0x00, 0x00, 0x68, 0x91, 0x08,
                          0x33, 0x33, 0x34, 0x33, 0x59, 0x33, 0x33, 0x33, 0x8A, 0x16};

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Kind kind_of(const Question& question, const Frame& frame) { return judge(question, frame).kind; }

TEST(Dlt645Frame, WritesTheRequestsThatAreQuoted) {
  EXPECT_EQ(to_bytes(request_for(kEnergy), 4), kQuotedRequest);
  const Bytes bare(kQuotedRequest.begin() + 4, kQuotedRequest.end());
  EXPECT_EQ(to_bytes(request_for(kEnergy), 0), bare) << "the preamble is not summed";
}

TEST(Dlt645Frame, ReadsTheAnswersThatAreQuoted) {
  const auto finding = find_frame(kQuotedAnswer);
  ASSERT_EQ(finding.what, Found::frame);
  EXPECT_EQ(finding.lead, 0u);
  EXPECT_EQ(finding.size, kQuotedAnswer.size());
  const auto judged = judge(kEnergy, finding.frame);
  EXPECT_EQ(judged.kind, Kind::answer);
  EXPECT_EQ(Bytes(judged.content.begin(), judged.content.end()), (Bytes{0x26, 0, 0, 0}));
}

TEST(Dlt645Frame, WaitsForTheRestWhereverItIsCut) {
  const auto whole = joined(Bytes(4, 0xFE), kQuotedAnswer);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto finding = find_frame(ByteView(whole).first(size));
    EXPECT_EQ(finding.what, Found::nothing) << size;
    EXPECT_EQ(finding.lead, std::min<std::size_t>(size, 4)) << size;
    EXPECT_EQ(finding.noise, 0u) << size;
  }
  EXPECT_EQ(find_frame(whole).what, Found::frame);
}

TEST(Dlt645Frame, TakesNoFrameInWhichAnyBitIsTurned) {
  for (std::size_t at = 0; at < kQuotedAnswer.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = kQuotedAnswer;
      damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ 1 << bit);
      const auto finding = find_frame(damaged);
      EXPECT_NE(finding.what, Found::frame) << "byte " << at << " bit " << bit;
    }
  }
}

TEST(Dlt645Frame, SkipsAnyPreambleAndCountsNoiseBesides) {
  for (const std::size_t preamble : {0u, 1u, 4u, 16u}) {
    const auto finding = find_frame(joined(Bytes(preamble, 0xFE), kQuotedAnswer));
    EXPECT_EQ(finding.what, Found::frame);
    EXPECT_EQ(finding.lead, preamble);
    EXPECT_EQ(finding.noise, 0u);
  }
  const auto finding = find_frame(joined({0x00, 0x16, 0xFE, 0xFE}, kQuotedAnswer));
  EXPECT_EQ(finding.what, Found::frame);
  EXPECT_EQ(finding.lead, 4u);
  EXPECT_EQ(finding.noise, 2u);
}

TEST(Dlt645Frame, FindsTheFrameBehindAFalseStart) {
  const auto finding = find_frame(joined({0x68, 0x11, 0xFE}, kQuotedAnswer));
  EXPECT_EQ(finding.what, Found::frame);
  EXPECT_EQ(finding.noise, 2u);
}

TEST(Dlt645Frame, LeavesSurplusBytesAlone) {
  const auto finding = find_frame(joined(kQuotedAnswer, {0x16, 0x68}));
  EXPECT_EQ(finding.what, Found::frame);
  EXPECT_EQ(finding.size, kQuotedAnswer.size());
}

TEST(Dlt645Frame, SaysWhereAFrameWithAWrongSumEnds) {
  auto damaged = kQuotedAnswer;
  damaged[14] = 0x5A;
  const auto finding = find_frame(joined(damaged, kQuotedAnswer));
  EXPECT_EQ(finding.what, Found::broken);
  EXPECT_EQ(finding.size, damaged.size());
}

TEST(Dlt645Frame, TakesTheLongestBodyThatAMeterMaySendAndNoLonger) {
  const Frame longest{kMeter, 0x91, Bytes(200, 0xFF)};
  EXPECT_EQ(find_frame(to_bytes(longest, 0)).frame, longest) << "FF raised by 33H wraps";
  EXPECT_EQ(find_frame(to_bytes({kMeter, 0x91, Bytes(201, 0)}, 0)).what, Found::nothing);
}

TEST(Dlt645Frame, ReadsNoContentAsAFrame) {
  Frame outer{kMeter, 0x91, {}};
  for (const auto byte : kQuotedAnswer) outer.body.push_back(static_cast<std::uint8_t>(byte - 0x33));
  const auto bytes = to_bytes(outer, 0);
  EXPECT_EQ(find_frame(bytes).frame, outer);
  EXPECT_EQ(find_frame(ByteView(bytes).first(bytes.size() - 1)).what, Found::nothing);
}

TEST(Dlt645Answer, IsOfThisMeterAndThisItem) {
  EXPECT_EQ(kind_of(kEnergy, answer_to(kEnergy, kMeter, Bytes{1, 2, 3, 4})), Kind::answer);
  EXPECT_EQ(kind_of(kEnergy, answer_to(kEnergy, kOther, Bytes{1, 2, 3, 4})), Kind::foreign);
  EXPECT_EQ(kind_of(kEnergy, answer_to(kVoltage, kMeter, Bytes{1, 2})), Kind::other);
  EXPECT_EQ(kind_of(kEnergy, {kMeter, 0x91, {0x00, 0x00, 0x01}}), Kind::other) << "the item is cut";
}

TEST(Dlt645Answer, HasTheFunctionThatWasAsked) {
  for (int control = 0; control < 256; ++control) {
    auto frame = answer_to(kEnergy, kMeter, Bytes{1, 2, 3, 4});
    frame.control = static_cast<std::uint8_t>(control);
    EXPECT_EQ(kind_of(kEnergy, frame) == Kind::answer, control == 0x91) << control;
    EXPECT_EQ(kind_of(kEnergy, frame) == Kind::continued, control == 0xB1) << control;
  }
}

TEST(Dlt645Answer, OfAnyMeterWillDoWhereTheAddressIsNotKnown) {
  auto question = kEnergy;
  question.address = kAnyMeter;
  EXPECT_EQ(kind_of(question, answer_to(kEnergy, kOther, Bytes{1, 2, 3, 4})), Kind::answer);
  EXPECT_EQ(kind_of(question, request_for(question)), Kind::echo);
}

TEST(Dlt645Answer, IsNeitherAnEchoNorAnotherMastersRequest) {
  EXPECT_EQ(kind_of(kEnergy, request_for(kEnergy)), Kind::echo);
  EXPECT_EQ(kind_of(kEnergy, request_for(kVoltage)), Kind::foreign);
}

TEST(Dlt645Answer, MayBeAnError) {
  const auto judged = judge(kEnergy, error_to(kEnergy, kMeter, 0x02));
  EXPECT_EQ(judged.kind, Kind::error);
  EXPECT_EQ(judged.error, 0x02);
  EXPECT_EQ(kind_of(kEnergy, error_to(kEnergy, kOther, 0x02)), Kind::foreign);
  EXPECT_EQ(kind_of(kEnergy, {kMeter, 0xD1, {}}), Kind::other);
  EXPECT_EQ(kind_of(kEnergy, {kMeter, 0xD1, {2, 0}}), Kind::other);
}

TEST(Dlt645Answer, NamesErrorsAfterWhatCanBeDone) {
  EXPECT_EQ(meaning_of_error(0x02).code, Code::refused);
  EXPECT_EQ(meaning_of_error(0x02).reason, "no such item");
  EXPECT_EQ(meaning_of_error(0x04).code, Code::refused);
  EXPECT_EQ(meaning_of_error(0x04).reason, "not authorised");
  EXPECT_EQ(meaning_of_error(0x01).code, Code::device);
  EXPECT_EQ(meaning_of_error(0x01).reason, "error 1");
  EXPECT_EQ(meaning_of_error(0x00).code, Code::device);
}

TEST(Dlt645Answer, OfTheOlderStandardHasAnotherFunctionAndAShorterItem) {
  const auto request = request_for(kOldEnergy);
  EXPECT_EQ(request.control, 0x01);
  EXPECT_EQ(request.body, (Bytes{0x10, 0x90}));
  EXPECT_EQ(kind_of(kOldEnergy, {kMeter, 0x81, {0x10, 0x90, 1, 2, 3, 4}}), Kind::answer);
  EXPECT_EQ(kind_of(kOldEnergy, {kMeter, 0xC1, {0x02}}), Kind::error);
  EXPECT_EQ(kind_of(kOldEnergy, {kMeter, 0xA1, {0x10, 0x90, 1}}), Kind::continued);
  EXPECT_EQ(kind_of(kOldEnergy, {kMeter, 0x91, {0x10, 0x90, 1, 2, 3, 4}}), Kind::other);
}

TEST(Dlt645Answer, QuestionsAreHeardAsTheyWereAsked) {
  for (const auto& question : {kEnergy, kVoltage, kOldEnergy}) EXPECT_EQ(question_in(request_for(question)), question);
  EXPECT_FALSE(question_in(answer_to(kEnergy, kMeter, Bytes{1})));
  EXPECT_FALSE(question_in({kMeter, 0x11, {0x10, 0x90}}));
  EXPECT_FALSE(question_in({kMeter, 0x14, {0, 0, 1, 0}}));
}

TEST(Dlt645Unanswered, KnowsWhetherAnErrorMayBeAboutAnotherItem) {
  const Unanswered::Time start{};
  Unanswered open;
  open.add(kEnergy, start);
  EXPECT_FALSE(open.has_other(kEnergy)) << "the same question has the same error";
  EXPECT_TRUE(open.has_other(kVoltage));
  auto elsewhere = kVoltage;
  elsewhere.address = kOther;
  EXPECT_FALSE(open.has_other(elsewhere));
  open.settle(kOther);
  EXPECT_TRUE(open.has_other(kVoltage));
  open.forget(start + Unanswered::kForgotten - 1ms);
  EXPECT_TRUE(open.has_other(kVoltage));
  open.forget(start + Unanswered::kForgotten);
  EXPECT_FALSE(open.has_other(kVoltage));
  open.add(kEnergy, start);
  open.settle(kMeter);
  EXPECT_FALSE(open.has_other(kVoltage));
}

}  // namespace
}  // namespace sluice::dlt645
