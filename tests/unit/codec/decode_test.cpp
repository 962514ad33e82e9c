// That each field of a packet arrives in its member.
#include <gtest/gtest.h>

#include "broker/codec/decoder.h"
#include "tests/unit/codec/samples.h"
#include "tests/unit/codec/wire.h"

namespace sluice::codec::test {
namespace {

const Sample& sample(std::string_view name) {
  for (const auto& candidate : samples()) {
    if (candidate.name == name) return candidate;
  }
  ADD_FAILURE() << "no sample " << name;
  return samples().front();
}

template <class T>
T decoded(std::string_view name) {
  const auto& given = sample(name);
  Packet packet;
  DecodeError error;
  EXPECT_TRUE(decode(given.bytes, given.reader, given.version, DecodeLimits{}, packet, error)) << error.why;
  return std::get<T>(packet);
}

TEST(Decode, ReadsEveryFieldOfConnect) {
  const auto connect = decoded<Connect>("connect 5.0, all");
  EXPECT_EQ(connect.version, Version::v5_0);
  EXPECT_TRUE(connect.clean_start);
  EXPECT_EQ(connect.keep_alive, 30);
  EXPECT_EQ(connect.client_id, "id");
  EXPECT_EQ(connect.user_name, "u");
  EXPECT_EQ(as_text(*connect.password), "p");
  EXPECT_EQ(connect.session_expiry, 3600u);
  EXPECT_EQ(connect.receive_maximum, 20);
  EXPECT_EQ(connect.maximum_packet_size, 65536u);
  EXPECT_EQ(connect.topic_alias_maximum, 10);
  EXPECT_TRUE(connect.request_response_information);
  EXPECT_FALSE(connect.request_problem_information);
  EXPECT_EQ(connect.authentication_method, "SCRAM");
  EXPECT_EQ(to_hex(*connect.authentication_data), "01 02 03 ");
  EXPECT_EQ(connect.user, (UserProperties{{"k", "v"}}));
}

TEST(Decode, ReadsEveryFieldOfAWill) {
  const auto connect = decoded<Connect>("connect 5.0, all");
  ASSERT_TRUE(connect.will);
  const auto& will = *connect.will;
  EXPECT_EQ(will.topic, "w");
  EXPECT_EQ(as_text(will.payload), "bye");
  EXPECT_EQ(will.qos, QoS::at_least_once);
  EXPECT_TRUE(will.retain);
  EXPECT_EQ(will.delay, 5u);
  EXPECT_TRUE(will.properties.payload_is_utf8);
  EXPECT_EQ(will.properties.message_expiry, 60u);
  EXPECT_EQ(will.properties.content_type, "text");
  EXPECT_EQ(will.properties.response_topic, "r/t");
  EXPECT_EQ(to_hex(*will.properties.correlation_data), "FF 00 ");
  EXPECT_EQ(will.properties.user, (UserProperties{{"a", "b"}}));
}

TEST(Decode, ReadsConnectOfTheOlderVersions) {
  const auto newer = decoded<Connect>("connect 3.1.1, all");
  EXPECT_EQ(newer.version, Version::v3_1_1);
  EXPECT_EQ(newer.keep_alive, 65535);
  EXPECT_EQ(newer.will->qos, QoS::exactly_once);
  EXPECT_TRUE(newer.will->retain);
  EXPECT_EQ(to_hex(newer.will->payload), "00 FF 01 02 ");
  EXPECT_EQ(newer.user_name, "user");
  EXPECT_FALSE(decoded<Connect>("connect 3.1.1, kept session").clean_start);
  EXPECT_EQ(decoded<Connect>("connect 3.1").version, Version::v3_1);
  EXPECT_EQ(decoded<Connect>("connect 3.1, id of 24 characters").client_id.size(), 24u);
}

TEST(Decode, ToleratesThatTheOldestVersionLeavesOutWhatItsFlagsPromise) {
  Packet decoded;
  DecodeError error;
  const auto bytes = packet(0x10, "00 06 'MQIsdp' 03 C2 00 3C 00 01 'a'");
  EXPECT_TRUE(decode(bytes, Side::server, Version::v3_1, DecodeLimits{}, decoded, error)) << error.why;
  EXPECT_FALSE(std::get<Connect>(decoded).user_name);
}

TEST(Decode, ReadsEveryFieldOfConnack) {
  const auto connack = decoded<Connack>("connack 5.0, all");
  EXPECT_TRUE(connack.session_present);
  EXPECT_EQ(connack.session_expiry, 120u);
  EXPECT_EQ(connack.receive_maximum, 256);
  EXPECT_EQ(connack.maximum_qos, QoS::at_least_once);
  EXPECT_EQ(connack.retain_available, true);
  EXPECT_EQ(connack.maximum_packet_size, 262144u);
  EXPECT_EQ(connack.assigned_client_id, "id");
  EXPECT_EQ(connack.topic_alias_maximum, 16);
  EXPECT_EQ(connack.reason_string, "ok");
  EXPECT_EQ(connack.wildcard_subscription_available, true);
  EXPECT_EQ(connack.subscription_identifier_available, true);
  EXPECT_EQ(connack.shared_subscription_available, false);
  EXPECT_EQ(connack.server_keep_alive, 30);
  EXPECT_EQ(connack.response_information, "ri");
  EXPECT_EQ(connack.server_reference, "sr");
  EXPECT_EQ(connack.authentication_method, "m");
  EXPECT_EQ(to_hex(*connack.authentication_data), "FF ");
  EXPECT_EQ(connack.user, (UserProperties{{"a", ""}, {"a", "b"}}));
  EXPECT_EQ(decoded<Connack>("connack 3.1.1, refused").reason, Reason::not_authorized);
}

TEST(Decode, ReadsEveryFieldOfPublish) {
  const auto publish = decoded<Publish>("publish 5.0, all");
  EXPECT_FALSE(publish.dup);
  EXPECT_EQ(publish.qos, QoS::exactly_once);
  EXPECT_FALSE(publish.retain);
  EXPECT_EQ(publish.packet_id, 65535);
  EXPECT_EQ(publish.topic, "t");
  EXPECT_EQ(publish.topic_alias, 1);
  EXPECT_EQ(publish.subscription_ids, (std::vector<std::uint32_t>{1, 268'435'455}));
  EXPECT_TRUE(publish.properties.payload_is_utf8);
  EXPECT_EQ(publish.properties.message_expiry, 0xFFFFFFFFu);
  EXPECT_EQ(publish.properties.content_type, "c");
  EXPECT_EQ(publish.properties.response_topic, "r");
  EXPECT_TRUE(publish.properties.correlation_data && publish.properties.correlation_data->empty());
  EXPECT_EQ(publish.properties.user, (UserProperties{{"n", "v"}, {"n", "v"}}));
  EXPECT_EQ(as_text(publish.payload), "ä");
}

TEST(Decode, ReadsTheFlagsOfPublish) {
  const auto again = decoded<Publish>("publish 3.1.1 QoS 2, again");
  EXPECT_TRUE(again.dup);
  EXPECT_TRUE(again.retain);
  EXPECT_EQ(again.qos, QoS::exactly_once);
  EXPECT_EQ(again.packet_id, 0x1234);
  EXPECT_EQ(as_text(decoded<Publish>("publish 3.1.1 QoS 0, retained").payload), "22");
  EXPECT_EQ(decoded<Publish>("publish 5.0 by alias").topic, "");
}

TEST(Decode, GivesViewsOfTheInputAndCopiesNothing) {
  const auto& given = sample("publish 3.1.1 QoS 0, retained");
  const auto publish = decoded<Publish>(given.name);
  EXPECT_EQ(publish.payload.data(), given.bytes.data() + 7);
}

TEST(Decode, ReadsAcknowledgements) {
  const auto pubrec = decoded<Acknowledgement>("pubrec 5.0, all");
  EXPECT_EQ(pubrec.type, PacketType::pubrec);
  EXPECT_EQ(pubrec.packet_id, 1);
  EXPECT_EQ(pubrec.reason, Reason::quota_exceeded);
  EXPECT_EQ(pubrec.reason_string, "full");
  EXPECT_EQ(pubrec.user, (UserProperties{{"a", "b"}}));
  EXPECT_EQ(decoded<Acknowledgement>("pubcomp 3.1.1").type, PacketType::pubcomp);
  EXPECT_EQ(decoded<Acknowledgement>("puback 5.0, short").reason, Reason::success);
}

TEST(Decode, ReadsSubscribeAndItsOptions) {
  const auto subscribe = decoded<Subscribe>("subscribe 5.0, all");
  EXPECT_EQ(subscribe.subscription_id, 268'435'455u);
  ASSERT_EQ(subscribe.filters.size(), 2u);
  EXPECT_EQ(subscribe.filters[0].filter, "+");
  EXPECT_EQ(subscribe.filters[0].qos, QoS::exactly_once);
  EXPECT_TRUE(subscribe.filters[0].no_local);
  EXPECT_TRUE(subscribe.filters[0].retain_as_published);
  EXPECT_EQ(subscribe.filters[0].retain_handling, RetainHandling::never);
  EXPECT_EQ(subscribe.filters[1].retain_handling, RetainHandling::send_if_new);
  EXPECT_FALSE(subscribe.filters[1].no_local);
}

TEST(Decode, LeavesBadFiltersToBeAnsweredOneByOne) {
  const auto bytes = packet(0x82, "00 01 00 05 'a/#/b' 00 00 00 00 00 02 'a+' 00 00 08 '$share//' 00");
  Packet decoded;
  DecodeError error;
  ASSERT_TRUE(decode(bytes, Side::server, Version::v3_1_1, DecodeLimits{}, decoded, error)) << error.why;
  EXPECT_EQ(std::get<Subscribe>(decoded).filters.size(), 4u);
}

TEST(Decode, ReadsTheAnswersToSubscribeAndUnsubscribe) {
  const auto suback = decoded<Suback>("suback 5.0");
  EXPECT_EQ(suback.reason_string, "no");
  EXPECT_EQ(suback.reasons, (std::vector{Reason::granted_qos_1, Reason::topic_filter_invalid}));
  const auto unsuback = decoded<Unsuback>("unsuback 5.0");
  EXPECT_EQ(unsuback.reasons, (std::vector{Reason::success, Reason::no_subscription_existed}));
  EXPECT_TRUE(decoded<Unsuback>("unsuback 3.1.1").reasons.empty());
  EXPECT_EQ(decoded<Unsubscribe>("unsubscribe 5.0").filters, (std::vector<std::string_view>{"#"}));
}

TEST(Decode, ReadsDisconnectAndAuth) {
  const auto disconnect = decoded<Disconnect>("disconnect 5.0 of a client, all");
  EXPECT_EQ(disconnect.session_expiry, 0xFFFFFFFFu);
  EXPECT_EQ(disconnect.reason_string, "x");
  EXPECT_EQ(disconnect.server_reference, "y");
  EXPECT_EQ(decoded<Disconnect>("disconnect 5.0, reason").reason, Reason::disconnect_with_will);
  const auto auth = decoded<Auth>("auth 5.0 of a client");
  EXPECT_EQ(auth.reason, Reason::continue_authentication);
  EXPECT_EQ(auth.authentication_method, "m");
  EXPECT_EQ(to_hex(*auth.authentication_data), "01 02 ");
}

TEST(Decode, AcceptsExactlyAsManyFiltersAndUserPropertiesAsAllowed) {
  Bytes filters = wire("00 01");
  for (int i = 0; i < 3; ++i) filters = std::move(filters) + wire("00 01 't' 00");
  Packet decoded;
  DecodeError error;
  const auto bytes = packet(0x82, filters);
  EXPECT_TRUE(decode(bytes, Side::server, Version::v3_1_1, {.max_filters = 3}, decoded, error));
  EXPECT_FALSE(decode(bytes, Side::server, Version::v3_1_1, {.max_filters = 2}, decoded, error));
  EXPECT_EQ(error.reason, Reason::quota_exceeded);
  const auto twice = packet(0xA2, "00 01 0A 26 00 00 00 00 26 00 00 00 00 00 01 't'");
  EXPECT_TRUE(decode(twice, Side::server, Version::v5_0, {.max_user_properties = 2}, decoded, error));
  EXPECT_FALSE(decode(twice, Side::server, Version::v5_0, {.max_user_properties = 1}, decoded, error));
  EXPECT_EQ(error.reason, Reason::quota_exceeded);
}

}  // namespace
}  // namespace sluice::codec::test
