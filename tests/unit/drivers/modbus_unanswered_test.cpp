#include "drivers/modbus/unanswered.h"

#include <gtest/gtest.h>

namespace sluice::modbus {
namespace {

using namespace std::chrono_literals;

const Unanswered::Time kNow{100s};

Request read(std::uint16_t first, std::uint16_t count) { return read_request(1, Table::holding, first, count); }

TEST(Unanswered, MistakesOnlyAnswersOfTheSameFormAndUnit) {
  Unanswered unanswered;
  unanswered.add(expected_answer(read(0, 2)), kNow);
  EXPECT_TRUE(unanswered.may_be_mistaken_for(expected_answer(read(500, 2))));
  EXPECT_FALSE(unanswered.may_be_mistaken_for(expected_answer(read(0, 3))));
  EXPECT_FALSE(unanswered.may_be_mistaken_for(expected_answer(read_request(1, Table::input, 0, 2))));
  EXPECT_FALSE(unanswered.may_be_mistaken_for(expected_answer(read_request(2, Table::holding, 0, 2))));
}

TEST(Unanswered, MistakesNoWriteForAnotherAddressOrValue) {
  Unanswered unanswered;
  unanswered.add(expected_answer(write_register(1, 5, 7)), kNow);
  EXPECT_TRUE(unanswered.may_be_mistaken_for(expected_answer(write_register(1, 5, 7))));
  EXPECT_FALSE(unanswered.may_be_mistaken_for(expected_answer(write_register(1, 5, 8))));
  EXPECT_FALSE(unanswered.may_be_mistaken_for(expected_answer(write_register(1, 6, 7))));
}

TEST(Unanswered, ForgetsWithTimeAndWhenALaterRequestWasAnswered) {
  Unanswered unanswered;
  const auto expected = expected_answer(read(0, 2));
  unanswered.add(expected, kNow);
  unanswered.forget(kNow + Unanswered::kForgotten - 1ms);
  EXPECT_TRUE(unanswered.may_be_mistaken_for(expected));
  EXPECT_EQ(unanswered.forgotten_at(1), kNow + Unanswered::kForgotten);
  unanswered.forget(kNow + Unanswered::kForgotten);
  EXPECT_FALSE(unanswered.may_be_mistaken_for(expected));
  unanswered.add(expected, kNow);
  unanswered.settle(2);
  EXPECT_TRUE(unanswered.has_function(1, kReadHolding));
  unanswered.settle(1);
  EXPECT_FALSE(unanswered.has_function(1, kReadHolding));
}

TEST(Unanswered, ProbesWithinReachByAnAnswerLikeNoOther) {
  for (const auto table : kTables) {
    for (std::uint16_t count = 1; count <= 40; ++count) {
      Unanswered unanswered;
      const auto request = read_request(1, table, 100, count);
      unanswered.add(expected_answer(request), kNow);
      unanswered.add(expected_answer(read_request(1, table, 7, 1)), kNow);
      const auto reach = count + 17u;
      const auto probe = unanswered.distinct_probe(request, reach);
      ASSERT_TRUE(probe);
      EXPECT_EQ(probe->address(), 100);
      EXPECT_LE(probe->count(), reach);
      EXPECT_FALSE(unanswered.may_be_mistaken_for(expected_answer(*probe)));
      EXPECT_NE(expected_answer(*probe), expected_answer(request));
    }
  }
}

TEST(Unanswered, HasNoProbeWhereNothingElseMayBeRead) {
  Unanswered unanswered;
  unanswered.add(expected_answer(read(3, 1)), kNow);
  EXPECT_FALSE(unanswered.distinct_probe(read(3, 1), 1));
}

TEST(Unanswered, ProbesBeforeAWriteByReadingWhereItWrites) {
  Unanswered unanswered;
  const auto write = write_register(1, 5, 7);
  unanswered.add(expected_answer(write), kNow);
  EXPECT_EQ(unanswered.distinct_probe(write, 1), read(5, 1));
}

}  // namespace
}  // namespace sluice::modbus
