// SUBSCRIBE, UNSUBSCRIBE and how subscriptions shape what is delivered (sections 3.8 to 3.11, 4.7).
#include <gtest/gtest.h>

#include "tests/dialogue/stage.h"

namespace sluice::dialogue {
namespace {

using codec::Reason;
using codec::RetainHandling;

class Subscribe : public testing::TestWithParam<Version> {
 protected:
  Stage stage_;
  Client device_{stage_, GetParam(), "device"};
  Client reader_{stage_, GetParam(), "reader"};

  bool is_v5() const { return GetParam() == Version::v5_0; }
  // What stands for a refusal in SUBACK.
  std::string refused(const std::string& reason) const { return is_v5() ? reason : "unspecified_error"; }
};
INSTANTIATE_TEST_SUITE_P(Versions, Subscribe, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5_0),
                         version_name);

// MQTT-3.8.4-6, MQTT-3.9.3-1: one code for each filter, in order
TEST_P(Subscribe, IsAnsweredForEachFilter) {
  auto packet = subscribe_packet(7, "a", QoS::at_most_once);
  for (const auto* filter : {"b/#/c", "forbidden/#", "", "c+", "$share/g/t", "$queue/t", "d/+"}) {
    packet.filters.push_back({filter, QoS::exactly_once, false, false, RetainHandling::send});
  }
  reader_.says(packet);
  const auto invalid = refused("topic_filter_invalid");
  const auto shared = refused("shared_subscriptions_not_supported");
  reader_.hears({"SUBACK 7: 0 " + invalid + " " + refused("not_authorized") + " " + invalid + " " + invalid + " " +
                 shared + " " + shared + " 2"});
  EXPECT_EQ(stage_.hub.subscriptions(), 2u);
  EXPECT_FALSE(reader_.is_closed());
}

TEST_P(Subscribe, HasALimitPerSession) {
  for (std::uint16_t i = 1; i <= 1000; ++i) reader_.says(subscribe_packet(i, "f/" + std::to_string(i)));
  reader_.heard();
  reader_.says(subscribe_packet(1, "one/more"));
  reader_.hears({"SUBACK 1: " + refused("quota_exceeded")});
  reader_.says(subscribe_packet(2, "f/1", QoS::at_least_once));
  reader_.hears({"SUBACK 2: 1"});
}

TEST_P(Subscribe, RefusesAFilterWithTooManyLevels) {
  const std::string filter(64, '/');
  reader_.says(subscribe_packet(1, filter));
  reader_.hears({"SUBACK 1: " + refused("topic_filter_invalid")});
}

// MQTT-3.8.4-8 (5.0), MQTT-3.8.4-6 (3.1.1): the lower QoS counts
TEST_P(Subscribe, LimitsTheQoSOfDeliveries) {
  reader_.says(subscribe_packet(1, "a", QoS::at_least_once));
  reader_.heard();
  device_.says(publish_packet("a", "0", QoS::at_most_once));
  device_.says(publish_packet("a", "1", QoS::at_least_once, 1));
  device_.says(publish_packet("a", "2", QoS::exactly_once, 2));
  reader_.hears({"PUBLISH q0 a=0", "PUBLISH q1 id=1 a=1", "PUBLISH q1 id=2 a=2"});
}

// MQTT-3.3.4-2, MQTT-3.3.5-1 of 3.1.1
TEST_P(Subscribe, ThatOverlapDeliversOneCopyWithTheHighestQoS) {
  reader_.says(subscribe_packet(1, "a/#", QoS::at_most_once));
  reader_.says(subscribe_packet(2, "a/+", QoS::exactly_once));
  reader_.heard();
  device_.says(publish_packet("a/b", "x", QoS::at_least_once, 1));
  reader_.hears({"PUBLISH q1 id=1 a/b=x"});
}

// MQTT-4.7.2-1
TEST_P(Subscribe, WithAWildcardDoesNotSeeTopicsOfTheServer) {
  reader_.says(subscribe_packet(1, "#"));
  reader_.heard();
  auto message = std::make_shared<Message>();
  message->topic = "$SYS/broker/uptime";
  message->origin.kind = Origin::Kind::gateway;
  stage_.hub.publish_inside(message, stage_.now);
  reader_.hears_nothing();
  reader_.says(subscribe_packet(2, "$SYS/#"));
  reader_.heard();
  stage_.hub.publish_inside(message, stage_.now);
  reader_.hears({"PUBLISH q0 $SYS/broker/uptime="});
}

// MQTT-3.10.4-1, MQTT-3.10.4-4, MQTT-3.11.3-1
TEST_P(Subscribe, EndsWithUnsubscribeOfTheVerySameFilter) {
  reader_.says(subscribe_packet(1, "a/+"));
  reader_.heard();
  codec::Unsubscribe unsubscribe;
  unsubscribe.packet_id = 2;
  unsubscribe.filters = {"a/b", "a/+"};
  reader_.says(unsubscribe);
  reader_.hears({is_v5() ? "UNSUBACK 2: no_subscription_existed success" : "UNSUBACK 2:"});
  device_.says(publish_packet("a/b", "x"));
  reader_.hears_nothing();
}

// MQTT-3.10.4-3
TEST_P(Subscribe, EndsWithoutBreakingDeliveriesThatHaveBegun) {
  reader_.says(subscribe_packet(1, "a", QoS::exactly_once));
  device_.says(publish_packet("a", "x", QoS::exactly_once, 1));
  codec::Unsubscribe unsubscribe;
  unsubscribe.packet_id = 2;
  unsubscribe.filters = {"a"};
  reader_.says(unsubscribe);
  reader_.heard();
  reader_.says(pubrec(1));
  reader_.hears({"PUBREL 1"});
}

// MQTT-3.3.1-8, -9 of 3.1.1; MQTT-3.3.1-12
TEST_P(Subscribe, GetsRetainedMessagesMarkedAndLiveOnesNot) {
  auto retained = publish_packet("a/b", "old", QoS::exactly_once, 1);
  retained.retain = true;
  device_.says(retained);
  reader_.says(subscribe_packet(1, "a/+", QoS::at_least_once));
  reader_.hears({"SUBACK 1: 1", "PUBLISH q1 id=1 retain a/b=old"});
  retained.payload = as_bytes("new");
  device_.says(retained);
  reader_.hears_nothing();  // identifier 1 of QoS 2 has not been released yet
  device_.says(pubrel(1));
  device_.says(retained);
  reader_.hears({"PUBLISH q1 id=2 a/b=new"});
}

// MQTT-3.3.1-6, MQTT-3.3.1-7
TEST_P(Subscribe, GetsNothingRetainedAfterItsDeletion) {
  auto retained = publish_packet("a", "x");
  retained.retain = true;
  device_.says(retained);
  reader_.says(subscribe_packet(1, "a"));
  reader_.hears({"SUBACK 1: 0", "PUBLISH q0 retain a=x"});
  retained.payload = {};
  device_.says(retained);
  reader_.hears({"PUBLISH q0 a="});
  reader_.says(subscribe_packet(2, "a"));
  reader_.hears({"SUBACK 2: 0"});
  EXPECT_EQ(stage_.hub.retained(), 0u);
}

// MQTT-3.3.1-9: the default; before 5.0 the only way
TEST_P(Subscribe, AgainSendsRetainedMessagesAgain) {
  auto retained = publish_packet("a", "x");
  retained.retain = true;
  device_.says(retained);
  reader_.says(subscribe_packet(1, "a"));
  reader_.says(subscribe_packet(2, "a"));
  reader_.hears({"SUBACK 1: 0", "PUBLISH q0 retain a=x", "SUBACK 2: 0", "PUBLISH q0 retain a=x"});
}

class SubscribeV5 : public testing::Test {
 protected:
  Stage stage_;
  Client device_{stage_, Version::v5_0, "device"};
  Client reader_{stage_, Version::v5_0, "reader"};

  void retain(std::string_view topic, std::string_view payload) {
    auto packet = publish_packet(topic, payload);
    packet.retain = true;
    device_.says(packet);
  }
};

// MQTT-3.8.3-3
TEST_F(SubscribeV5, WithNoLocalGetsNothingOfItsOwn) {
  auto packet = subscribe_packet(1, "a");
  packet.filters[0].no_local = true;
  reader_.says(packet);
  reader_.heard();
  reader_.says(publish_packet("a", "own"));
  reader_.hears_nothing();
  device_.says(publish_packet("a", "other"));
  reader_.hears({"PUBLISH q0 a=other"});
}

// MQTT-3.3.1-13
TEST_F(SubscribeV5, CanKeepTheRetainFlag) {
  auto packet = subscribe_packet(1, "a");
  packet.filters[0].retain_as_published = true;
  reader_.says(packet);
  reader_.heard();
  retain("a", "x");
  device_.says(publish_packet("a", "y"));
  reader_.hears({"PUBLISH q0 retain a=x", "PUBLISH q0 a=y"});
}

// MQTT-3.3.1-10, MQTT-3.3.1-11
TEST_F(SubscribeV5, ChoosesWhenRetainedMessagesAreSent) {
  retain("a", "x");
  auto packet = subscribe_packet(1, "a");
  packet.filters[0].retain_handling = RetainHandling::send_if_new;
  reader_.says(packet);
  reader_.hears({"SUBACK 1: 0", "PUBLISH q0 retain a=x"});
  reader_.says(packet);
  reader_.hears({"SUBACK 1: 0"});
  packet.filters[0] = {"+", QoS::at_most_once, false, false, RetainHandling::never};
  reader_.says(packet);
  reader_.hears({"SUBACK 1: 0"});
}

// MQTT-3.3.4-3, -4; MQTT-3.8.4-8 for the retained ones
TEST_F(SubscribeV5, GivesItsIdentifierToWhatItMatches) {
  retain("a/b", "old");
  auto packet = subscribe_packet(1, "a/+");
  packet.subscription_id = 300;
  reader_.says(packet);
  packet.filters[0].filter = "#";
  packet.filters[0].retain_handling = RetainHandling::never;
  packet.subscription_id = 5;
  reader_.says(packet);
  reader_.hears({"SUBACK 1: 0", "PUBLISH q0 retain subscriptions=300 a/b=old", "SUBACK 1: 0"});
  device_.says(publish_packet("a/b", "new"));
  const auto heard = reader_.heard();
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_TRUE(heard[0] == "PUBLISH q0 subscriptions=300,5 a/b=new" ||
              heard[0] == "PUBLISH q0 subscriptions=5,300 a/b=new")
      << heard[0];
}

TEST_F(SubscribeV5, WithAnIdentifierKeepsItAcrossConnections) {
  auto connect = connect_packet(Version::v5_0, "keeper");
  connect.clean_start = false;
  connect.session_expiry = 100;
  Client keeper(stage_, connect);
  auto packet = subscribe_packet(1, "a", QoS::at_least_once);
  packet.subscription_id = 9;
  keeper.says(packet);
  keeper.heard();
  keeper.cut();
  device_.says(publish_packet("a", "x", QoS::at_least_once, 1));
  keeper.opens(connect);
  keeper.hears({"CONNACK present", "PUBLISH q1 id=1 subscriptions=9 a=x"});
}

TEST_F(SubscribeV5, DoesNotGetRetainedMessagesThatExpired) {
  auto packet = publish_packet("a", "x");
  packet.retain = true;
  packet.properties.message_expiry = 10;
  device_.says(packet);
  stage_.pass(std::chrono::seconds(4));
  reader_.says(subscribe_packet(1, "a"));
  reader_.hears({"SUBACK 1: 0", "PUBLISH q0 retain expiry=6 a=x"});
  stage_.pass(std::chrono::seconds(7));
  reader_.says(subscribe_packet(1, "a"));
  reader_.hears({"SUBACK 1: 0"});
}

}  // namespace
}  // namespace sluice::dialogue
