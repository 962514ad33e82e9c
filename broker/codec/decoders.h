// The decoders of the packet types, for decoder.cpp alone. Each reads what stands behind the fixed
// header; what is wrong is refused in the reader.
#pragma once

#include "broker/codec/fixed_header.h"
#include "broker/codec/packet.h"
#include "broker/codec/reader.h"

namespace sluice::codec {

struct Context {
  const FixedHeader& header;
  Side side;
  Version version;
  const DecodeLimits& limits;

  bool is_v5() const { return version == Version::v5_0; }
};

void decode_connect(Reader& in, const Context& context, Connect& connect);
void decode_connack(Reader& in, const Context& context, Connack& connack);
void decode_publish(Reader& in, const Context& context, Publish& publish);
void decode_acknowledgement(Reader& in, const Context& context, Acknowledgement& acknowledgement);
void decode_subscribe(Reader& in, const Context& context, Subscribe& subscribe);
void decode_suback(Reader& in, const Context& context, Suback& suback);
void decode_unsubscribe(Reader& in, const Context& context, Unsubscribe& unsubscribe);
void decode_unsuback(Reader& in, const Context& context, Unsuback& unsuback);
void decode_disconnect(Reader& in, const Context& context, Disconnect& disconnect);
void decode_auth(Reader& in, const Context& context, Auth& auth);

// Shared by several of them.

/// Keeps `property` when it is one of those that a PUBLISH and a will have in common.
void keep_application_property(Reader& in, const Context& context, const struct Property& property,
                               ApplicationProperties& kept);

/// 0x99 when the payload is not the text it is said to be.
void check_payload_format(Reader& in, const ApplicationProperties& properties, ByteView payload);

/// 0x90 for what may not be published to, limits on levels and bytes included.
void check_topic_name(Reader& in, std::string_view topic);

/// A packet identifier is never 0 [MQTT-2.2.1-3].
std::uint16_t read_packet_id(Reader& in);

/// 0x82 for a code that may not stand in this packet.
Reason read_reason(Reader& in, const Context& context);

}  // namespace sluice::codec
