#include "tests/unit/codec/samples.h"

#include "tests/unit/codec/wire.h"

namespace sluice::codec::test {

namespace {

constexpr auto kServer = Side::server;
constexpr auto kClient = Side::client;
constexpr auto k31 = Version::v3_1;
constexpr auto k311 = Version::v3_1_1;
constexpr auto k5 = Version::v5_0;

std::vector<Sample> make_samples() {
  return {
      {"connect 3.1", k31, kServer, wire("10 12 00 06 'MQIsdp' 03 02 00 3C 00 04 'abcd'")},
      {"connect 3.1, id of 24 characters", k31, kServer,
       wire("10 26 00 06 'MQIsdp' 03 02 00 3C 00 18 'aaaaaaaabbbbbbbbcccccccc'")},
      {"connect 3.1.1, least", k311, kServer, wire("10 0C 00 04 'MQTT' 04 02 00 00 00 00")},
      {"connect 3.1.1, kept session", k311, kServer, wire("10 0D 00 04 'MQTT' 04 00 00 0A 00 01 'a'")},
      {"connect 3.1.1, all", k311, kServer,
       wire("10 23 00 04 'MQTT' 04 F6 FF FF 00 02 'id' 00 03 'w/t' 00 04 00 FF 01 02 00 04 'user' 00 02 'pw'")},
      {"connect 5.0, least", k5, kServer, wire("10 0D 00 04 'MQTT' 05 02 00 00 00 00 00")},
      {"connect 5.0, password alone", k5, kServer, wire("10 12 00 04 'MQTT' 05 42 00 00 00 00 00 00 03 'key'")},
      {"connect 5.0, all", k5, kServer,
       wire("10 6C 00 04 'MQTT' 05 EE 00 1E"
            " 29 11 00 00 0E 10 21 00 14 27 00 01 00 00 22 00 0A 19 01 17 00"
            " 15 00 05 'SCRAM' 16 00 03 01 02 03 26 00 01 'k' 00 01 'v'"
            " 00 02 'id'"
            " 25 18 00 00 00 05 01 01 02 00 00 00 3C 03 00 04 'text' 08 00 03 'r/t' 09 00 02 FF 00"
            " 26 00 01 'a' 00 01 'b'"
            " 00 01 'w' 00 03 'bye' 00 01 'u' 00 01 'p'")},
      {"connack 3.1", k31, kClient, wire("20 02 00 00")},
      {"connack 3.1.1, session present", k311, kClient, wire("20 02 01 00")},
      {"connack 3.1.1, refused", k311, kClient, wire("20 02 00 05")},
      {"connack 5.0, least", k5, kClient, wire("20 03 00 00 00")},
      {"connack 5.0, refused", k5, kClient, wire("20 03 00 87 00")},
      {"connack 5.0, all", k5, kClient,
       wire("20 49 01 00 46 11 00 00 00 78 21 01 00 24 01 25 01 27 00 04 00 00 12 00 02 'id' 22 00 10"
            " 1F 00 02 'ok' 28 01 29 01 2A 00 13 00 1E 1A 00 02 'ri' 1C 00 02 'sr' 15 00 01 'm' 16 00 01 FF"
            " 26 00 01 'a' 00 00 26 00 01 'a' 00 01 'b'")},
      {"publish 3.1.1 QoS 0", k311, kServer, wire("30 05 00 03 'a/b'")},
      {"publish 3.1.1 QoS 0, retained", k311, kClient, wire("31 07 00 03 'a/b' '22'")},
      {"publish 3.1 QoS 1", k31, kServer, wire("32 08 00 03 'a/b' 00 01 00")},
      {"publish 3.1.1 QoS 2, again", k311, kClient, wire("3D 08 00 03 'a/b' 12 34 'x'")},
      {"publish 5.0 QoS 0", k5, kServer, wire("30 07 00 03 'a/b' 00 'x'")},
      {"publish 5.0 by alias", k5, kServer, wire("32 08 00 00 00 07 03 23 00 05")},
      {"publish 5.0, all", k5, kClient,
       wire("34 32 00 01 't' FF FF 2A 23 00 01 0B 01 0B FF FF FF 7F 01 01 02 FF FF FF FF 03 00 01 'c' 08 00 01 'r'"
            " 09 00 00 26 00 01 'n' 00 01 'v' 26 00 01 'n' 00 01 'v' C3 A4")},
      {"puback 3.1.1", k311, kServer, wire("40 02 00 01")},
      {"pubrec 3.1", k31, kServer, wire("50 02 FF FF")},
      {"pubrel 3.1.1", k311, kServer, wire("62 02 00 01")},
      {"pubcomp 3.1.1", k311, kServer, wire("70 02 00 01")},
      {"puback 5.0, short", k5, kServer, wire("40 02 00 01")},
      {"puback 5.0, reason", k5, kServer, wire("40 03 00 01 10")},
      {"pubrec 5.0, all", k5, kServer, wire("50 12 00 01 97 0E 1F 00 04 'full' 26 00 01 'a' 00 01 'b'")},
      {"pubrel 5.0, reason", k5, kServer, wire("62 03 00 01 92")},
      {"pubcomp 5.0, reason string", k5, kServer, wire("70 09 00 01 92 05 1F 00 02 'no'")},
      {"subscribe 3.1.1", k311, kServer, wire("82 0E 00 0A 00 03 'a/b' 01 00 03 'c/#' 02")},
      {"subscribe 3.1", k31, kServer, wire("82 06 00 0A 00 01 '#' 00")},
      {"subscribe 5.0, least", k5, kServer, wire("82 07 00 01 00 00 01 '#' 00")},
      {"subscribe 5.0, all", k5, kServer,
       wire("82 24 00 01 0C 0B FF FF FF 7F 26 00 01 'a' 00 01 'b' 00 01 '+' 2E 00 0E '$share/g/t/1/2' 11")},
      {"suback 3.1.1", k311, kClient, wire("90 06 00 0A 00 01 02 80")},
      {"suback 5.0", k5, kClient, wire("90 0A 00 0A 05 1F 00 02 'no' 01 8F")},
      {"unsubscribe 3.1.1", k311, kServer, wire("A2 07 00 0B 00 03 'a/b'")},
      {"unsubscribe 5.0", k5, kServer, wire("A2 0D 00 0B 07 26 00 01 'a' 00 01 'b' 00 01 '#'")},
      {"unsuback 3.1.1", k311, kClient, wire("B0 02 00 0B")},
      {"unsuback 5.0", k5, kClient, wire("B0 0A 00 0B 05 1F 00 02 'no' 00 11")},
      {"pingreq 3.1.1", k311, kServer, wire("C0 00")},
      {"pingreq 5.0", k5, kServer, wire("C0 00")},
      {"pingresp 3.1.1", k311, kClient, wire("D0 00")},
      {"pingresp 5.0", k5, kClient, wire("D0 00")},
      {"disconnect 3.1", k31, kServer, wire("E0 00")},
      {"disconnect 3.1.1", k311, kServer, wire("E0 00")},
      {"disconnect 5.0, short", k5, kServer, wire("E0 00")},
      {"disconnect 5.0, reason", k5, kServer, wire("E0 01 04")},
      {"disconnect 5.0 of a client, all", k5, kServer,
       wire("E0 15 00 13 11 FF FF FF FF 1F 00 01 'x' 1C 00 01 'y' 26 00 01 'a' 00 00")},
      {"disconnect 5.0 of a server", k5, kClient, wire("E0 01 8E")},
      {"auth 5.0 of a client", k5, kServer, wire("F0 0B 18 09 15 00 01 'm' 16 00 02 01 02")},
      {"auth 5.0 of a server", k5, kClient, wire("F0 12 00 10 15 00 01 'm' 16 00 00 1F 00 01 's' 26 00 00 00 00")},
  };
}

}  // namespace

const std::vector<Sample>& samples() {
  static const auto all = make_samples();
  return all;
}

}  // namespace sluice::codec::test
