#include "gateway/config/url.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

TEST(BrokerUrl, IsHostAndPort) {
  const auto address = parse_url("mqtt://broker.example.com:1884", PortRule::fixed);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "broker.example.com");
  EXPECT_EQ(address->port, 1884);
  EXPECT_EQ(parse_url("mqtt://192.0.2.1", PortRule::fixed)->port, 1883);
  EXPECT_EQ(parse_url("mqtt://[::1]:1900", PortRule::fixed)->host, "::1");
  EXPECT_EQ(parse_url("mqtt://[fe80::1%eth0]", PortRule::fixed)->host, "fe80::1%eth0");
  EXPECT_EQ(parse_url("mqtt://127.0.0.1:0", PortRule::any_free)->port, 0);
}

TEST(BrokerUrl, HasThePortOfItsScheme) {
  const auto address = parse_url("mqtts://host", PortRule::fixed);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->scheme, Scheme::mqtts);
  EXPECT_EQ(address->port, 8883);
  EXPECT_EQ(parse_url("mqtts://host:1", PortRule::fixed)->port, 1);
}

TEST(BrokerUrl, RefusesEverythingElse) {
  for (const auto* text :
       {"", "broker", "http://x", "mqtt://", "mqtt://a:", "mqtt://a:0", "mqtt://a:70000", "mqtt://a:b:1", "mqtt://[::1",
        "mqtt://[::1]x", "mqtt://u@h", "mqtt://h/path", "mqtt://a b"}) {
    EXPECT_FALSE(parse_url(text, PortRule::fixed)) << text;
  }
}

TEST(BrokerUrl, DoesNotRepeatAPasswordThatItRefuses) {
  EXPECT_EQ(parse_url("mqtt://me:hunter2@host", PortRule::fixed).error().text,
            "holds a user; that belongs into username and password");
}

TEST(BrokerUrl, NamesSchemesThatAreNotInThisVersion) {
  for (const auto* text : {"ws://a", "wss://a"}) {
    EXPECT_NE(parse_url(text, PortRule::fixed).error().text.find("not in this version"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace sluice::config
