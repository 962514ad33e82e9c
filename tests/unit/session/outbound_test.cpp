#include "broker/session/outbound.h"

#include <gtest/gtest.h>

namespace sluice::session {
namespace {

Delivery delivery(QoS qos = QoS::at_least_once, std::string payload = "x") {
  auto message = std::make_shared<Message>();
  message->topic = "a";
  message->payload = std::move(payload);
  return {message, qos, false, {}};
}

using Queued = Outbound::Queued;
using Stage = Outbound::Stage;

TEST(Outbound, GivesIdentifiersFromOneOn) {
  Outbound outbound;
  EXPECT_EQ(outbound.start(delivery()).packet_id, 1);
  EXPECT_EQ(outbound.start(delivery()).packet_id, 2);
}

// MQTT-2.2.1-4
TEST(Outbound, GivesNoIdentifierThatIsInUseAfterTheCounterHasWrapped) {
  Outbound outbound;
  outbound.start(delivery(QoS::at_least_once));
  outbound.start(delivery(QoS::exactly_once));
  outbound.release(2);
  for (int i = 3; i <= 65535; ++i) outbound.finish(outbound.start(delivery()).packet_id);
  EXPECT_EQ(outbound.start(delivery()).packet_id, 3);
}

TEST(Outbound, KnowsWhatEachExchangeWaitsFor) {
  Outbound outbound;
  outbound.start(delivery(QoS::at_least_once));
  outbound.start(delivery(QoS::exactly_once));
  EXPECT_EQ(outbound.stage(1), Stage::awaits_puback);
  EXPECT_EQ(outbound.stage(2), Stage::awaits_pubrec);
  EXPECT_EQ(outbound.release(2), 1u);
  EXPECT_EQ(outbound.stage(2), Stage::awaits_pubcomp);
  outbound.complete(2);
  EXPECT_EQ(outbound.stage(2), Stage::unknown);
  EXPECT_EQ(outbound.finish(1), 0u);
  EXPECT_EQ(outbound.stage(1), Stage::unknown);
}

TEST(Outbound, KeepsTheQueueWithinItsLimits) {
  Outbound outbound;
  EXPECT_EQ(outbound.enqueue(delivery(), 2, 100), Queued::yes);
  EXPECT_EQ(outbound.enqueue(delivery(QoS::at_least_once, std::string(98, 'x')), 2, 100), Queued::full);
  EXPECT_EQ(outbound.enqueue(delivery(QoS::at_least_once, std::string(99, 'x')), 2, 100), Queued::still_full);
  EXPECT_EQ(outbound.enqueue(delivery(QoS::at_least_once, std::string(97, 'x')), 2, 100), Queued::yes);
  EXPECT_EQ(outbound.enqueue(delivery(QoS::at_least_once, ""), 2, 1000), Queued::still_full);
  EXPECT_EQ(outbound.queued_bytes(), 100u);
  EXPECT_EQ(outbound.take()->message->payload, "x");
  EXPECT_EQ(outbound.queued_bytes(), 98u);
  outbound.take();
  EXPECT_FALSE(outbound.take());
  EXPECT_EQ(outbound.queued_bytes(), 0u);
}

// Each time is a line in the log.
TEST(Outbound, IsFullAgainOnlyAfterHalfOfTheQueueHasLeft) {
  Outbound outbound;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(outbound.enqueue(delivery(), 4, 100), Queued::yes);
  EXPECT_EQ(outbound.enqueue(delivery(), 4, 100), Queued::full);
  outbound.take();
  EXPECT_EQ(outbound.enqueue(delivery(), 4, 100), Queued::yes);
  EXPECT_EQ(outbound.enqueue(delivery(), 4, 100), Queued::still_full);
  outbound.take();
  outbound.take();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(outbound.enqueue(delivery(), 4, 100), Queued::yes);
  EXPECT_EQ(outbound.enqueue(delivery(), 4, 100), Queued::full);
}

}  // namespace
}  // namespace sluice::session
