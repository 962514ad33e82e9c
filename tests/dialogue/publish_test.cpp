// PUBLISH and its acknowledgements, in both directions (sections 3.3 to 3.7, 4.3).
#include <gtest/gtest.h>

#include "tests/dialogue/stage.h"

namespace sluice::dialogue {
namespace {

using codec::Reason;

class Publish : public testing::TestWithParam<Version> {
 protected:
  Stage stage_;
  Client device_{stage_, GetParam(), "device"};
  Client reader_{stage_, GetParam(), "reader"};

  void reader_subscribes(std::string_view filter, QoS qos) {
    reader_.says(subscribe_packet(1, filter, qos));
    reader_.heard();
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, Publish, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5_0),
                         version_name);

TEST_P(Publish, OfQoS0IsDeliveredWithoutAnAcknowledgement) {
  reader_subscribes("a/+", QoS::exactly_once);
  device_.says(publish_packet("a/b", "1"));
  device_.hears_nothing();
  reader_.hears({"PUBLISH q0 a/b=1"});
}

// MQTT-4.3.2-4
TEST_P(Publish, OfQoS1IsDeliveredAndAcknowledged) {
  reader_subscribes("a/b", QoS::at_least_once);
  device_.says(publish_packet("a/b", "1", QoS::at_least_once, 7));
  device_.hears({"PUBACK 7"});
  reader_.hears({"PUBLISH q1 id=1 a/b=1"});
  reader_.says(puback(1));
  reader_.hears_nothing();
}

// MQTT-4.3.3-8, MQTT-4.3.3-11, MQTT-4.3.3-3, MQTT-4.3.3-4
TEST_P(Publish, OfQoS2TakesFourSteps) {
  reader_subscribes("a/b", QoS::exactly_once);
  device_.says(publish_packet("a/b", "1", QoS::exactly_once, 9));
  device_.hears({"PUBREC 9"});
  device_.says(pubrel(9));
  device_.hears({"PUBCOMP 9"});
  reader_.hears({"PUBLISH q2 id=1 a/b=1"});
  reader_.says(pubrec(1));
  reader_.hears({"PUBREL 1"});
  reader_.says(pubcomp(1));
  reader_.hears_nothing();
}

// MQTT-4.3.3-10
TEST_P(Publish, OfQoS2IsDeliveredOnceHoweverOftenItIsRepeated) {
  reader_subscribes("a/b", QoS::at_most_once);
  auto publish = publish_packet("a/b", "1", QoS::exactly_once, 9);
  device_.says(publish);
  publish.dup = true;
  for (int i = 0; i < 2000; ++i) device_.says(publish);
  EXPECT_EQ(device_.heard(), std::vector<std::string>(2001, "PUBREC 9"));
  reader_.hears({"PUBLISH q0 a/b=1"});
}

// MQTT-3.3.1-3: the DUP flag of the publisher is not passed on.
TEST_P(Publish, MarkedAsDuplicateThatNeverArrivedBeforeIsDelivered) {
  reader_subscribes("a/b", QoS::exactly_once);
  auto publish = publish_packet("a/b", "1", QoS::exactly_once, 9);
  publish.dup = true;
  device_.says(publish);
  reader_.hears({"PUBLISH q2 id=1 a/b=1"});
}

}  // namespace
}  // namespace sluice::dialogue
