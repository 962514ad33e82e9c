// Messages as clients send them, turned into messages of the broker.
#pragma once

#include <string_view>

#include "broker/codec/packet.h"
#include "gateway/base/message.h"

namespace sluice::session {

/// `topic` stands in for a topic alias. Origin and time of receipt are left to the caller.
Message received_message(const codec::Publish& publish, std::string_view topic);
Message received_message(const codec::Will& will);

}  // namespace sluice::session
