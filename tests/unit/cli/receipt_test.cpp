#include "gateway/cli/receipt.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

Delivery at_edge(const std::string& payload) { return {"demo/a", payload, "", 0}; }

Delivery in_cloud(const std::string& payload, std::uint64_t sequence) { return {"demo/a", payload, "s", sequence}; }

TEST(ReceiptLine, HoldsTopicNumbersAndPayload) {
  const auto delivery = parse_delivery(
      "demo/meter-1/power\tsluice-gateway:demo sluice-stream:cloud sluice-epoch:9f sluice-seq:17\t{\"value\":1}");
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->topic, "demo/meter-1/power");
  EXPECT_EQ(delivery->payload, "{\"value\":1}");
  EXPECT_EQ(delivery->stream, "demo cloud 9f");
  EXPECT_EQ(delivery->sequence, 17U);
}

TEST(ReceiptLine, MayCarryNoNumbers) {
  const auto delivery = parse_delivery("demo/meter-1/power\t\t1.5");
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->stream, "");
  EXPECT_EQ(delivery->payload, "1.5");
}

TEST(ReceiptLine, IsNotWhatMosquittoSaysBetweenMessages) {
  EXPECT_FALSE(parse_delivery("Client demo-edge received PUBLISH (d0, q1, r0, m1, 'demo/a', ... (3 bytes))"));
}

TEST(Receipt, IsCleanWhenAllArrivedOnceInOrder) {
  const auto receipt = make_receipt({at_edge("1"), at_edge("2"), at_edge("3")},
                                    {in_cloud("1", 5), in_cloud("2", 6), in_cloud("3", 7)}, 1, 3);
  EXPECT_TRUE(receipt.is_clean());
  EXPECT_EQ(receipt.stored, 3U);
  EXPECT_EQ(receipt.replayed, 2U);
}

TEST(Receipt, CountsAGapInTheNumbersAsLost) {
  const auto receipt = make_receipt({}, {in_cloud("1", 5), in_cloud("3", 7)}, 0, 0);
  EXPECT_EQ(receipt.lost, 1U);
  EXPECT_EQ(receipt.stored, 3U);
  EXPECT_FALSE(receipt.is_clean());
}

TEST(Receipt, CountsWhatTheEdgeSawAndTheCloudDidNotAsLost) {
  const auto receipt = make_receipt({at_edge("1"), at_edge("2")}, {in_cloud("2", 1)}, 0, 2);
  EXPECT_EQ(receipt.lost, 1U);
  EXPECT_EQ(receipt.replayed, 1U);
}

TEST(Receipt, CountsDuplicatesApartFromDisorder) {
  const auto receipt = make_receipt(
      {}, {in_cloud("1", 1), in_cloud("3", 3), in_cloud("2", 2), in_cloud("2", 2), in_cloud("3", 3)}, 0, 0);
  EXPECT_EQ(receipt.duplicates, 2U);
  EXPECT_EQ(receipt.disordered, 1U);
  EXPECT_EQ(receipt.lost, 0U);
}

TEST(Receipt, KeepsTheEpochsOfAStreamApart) {
  Delivery later = in_cloud("9", 1);
  later.stream = "another";
  const auto receipt = make_receipt({}, {in_cloud("1", 1), in_cloud("2", 2), later}, 0, 0);
  EXPECT_TRUE(receipt.is_clean());
  EXPECT_EQ(receipt.stored, 3U);
}

TEST(Receipt, IsNotCleanWithoutNumbersOrWithoutMessages) {
  EXPECT_FALSE(make_receipt({}, {at_edge("1"), in_cloud("2", 1)}, 0, 0).is_clean());
  EXPECT_FALSE(make_receipt({}, {}, 0, 0).is_clean());
}

}  // namespace
}  // namespace sluice::cli
