// What one client may use up. The numbers are the defaults that the documentation promises.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "broker/codec/decoder.h"

namespace sluice::session {

struct Limits {
  codec::DecodeLimits decode;
  std::uint32_t packet_before_connect = 64 * 1024;  // bytes, while nobody has logged in
  std::chrono::seconds handshake{10};               // from the first byte possible to CONNACK

  std::uint16_t receive_maximum = 256;  // open QoS 1 and 2 publishes of a 5.0 client
  std::size_t open_publishes = 1024;    // unreleased QoS 2 identifiers of a session, and unstored
                                        // messages of an older client before it is held back
  std::uint16_t topic_aliases = 32;     // that a client may set
  std::size_t subscriptions = 1000;     // of a session

  std::size_t send_window = 256;          // unacknowledged messages towards a client, at most
  std::size_t queued_messages = 100'000;  // QoS 1 and 2, of a session
  std::size_t queued_bytes = 64u << 20;
  std::size_t waiting_bytes = 8u << 20;   // QoS 0, of a client that reads too slowly
  std::size_t output_bytes = 256 * 1024;  // in the socket's queue before messages wait
  std::size_t unread_bytes = 1u << 20;    // there before the client, too, is not read any more
  std::size_t copied_payload = 2048;      // longer payloads are shared, not copied

  std::size_t held_publishes = 256;  // of a client that cannot be told that storage is full
  std::chrono::seconds held{60};     // until such a client is disconnected
};

}  // namespace sluice::session
