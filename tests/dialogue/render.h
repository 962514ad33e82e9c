// Packets as lines of text, so that an expected conversation can be read.
#pragma once

#include <string>
#include <vector>

#include "broker/codec/packet.h"
#include "gateway/base/bytes.h"

namespace sluice::dialogue {

/// One line per packet: `CONNACK`, `PUBLISH q1 id=3 dup a/b=text`, `PUBACK 3 not_authorized` ...
/// Success and what is absent are left out.
std::string render(const codec::Packet& packet);

/// What a server sent, packet by packet; `(cut)` at the end of bytes that are no whole packet.
std::vector<std::string> render_all(ByteView bytes, codec::Version version);

}  // namespace sluice::dialogue
