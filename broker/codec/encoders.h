// The bodies of the packet types, for encoder.cpp alone: everything behind the fixed header, and
// of a PUBLISH all but the payload.
#pragma once

#include "broker/codec/packet.h"
#include "broker/codec/writer.h"

namespace sluice::codec {

void put_body(Writer& out, const Connect& connect, Version version);
void put_body(Writer& out, const Connack& connack, Version version);
void put_body(Writer& out, const Publish& publish, Version version);
void put_body(Writer& out, const Acknowledgement& acknowledgement, Version version);
void put_body(Writer& out, const Subscribe& subscribe, Version version);
void put_body(Writer& out, const Suback& suback, Version version);
void put_body(Writer& out, const Unsubscribe& unsubscribe, Version version);
void put_body(Writer& out, const Unsuback& unsuback, Version version);
void put_body(Writer& out, const Pingreq& pingreq, Version version);
void put_body(Writer& out, const Pingresp& pingresp, Version version);
void put_body(Writer& out, const Disconnect& disconnect, Version version);
void put_body(Writer& out, const Auth& auth, Version version);

/// What a PUBLISH and a will have in common, user properties included.
void put_application_properties(Writer& out, const ApplicationProperties& properties);

}  // namespace sluice::codec
