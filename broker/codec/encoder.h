// Packets to bytes. Pure: appends to a buffer of the caller. What no packet can carry is a broken
// invariant, checked by asserts: texts and binaries of more than 65,535 bytes, packets of more than
// 268,435,455. Other rules of the standard are the caller's: nothing is checked twice.
#pragma once

#include <cstddef>

#include "broker/codec/packet.h"
#include "gateway/base/bytes.h"

namespace sluice::codec {

/// Appends the packet as it is sent in `version`; what that version cannot carry is left out.
/// AUTH exists in 5.0 only. Reason string and user properties of all but PUBLISH are the caller's to leave out where a
/// client does not want them [MQTT-3.1.2-29].
void encode(const Packet& packet, Version version, Bytes& out);

/// How many bytes encode would append.
std::size_t encoded_size(const Packet& packet, Version version);

/// The hot path without a variant. `encode_publish_head` appends everything but the payload, so that
/// one payload can be shared by all receivers.
void encode_publish_head(const Publish& publish, Version version, Bytes& out);
std::size_t encoded_size(const Publish& publish, Version version);
void encode(const Publish& publish, Version version, Bytes& out);
void encode(const Acknowledgement& acknowledgement, Version version, Bytes& out);

}  // namespace sluice::codec
