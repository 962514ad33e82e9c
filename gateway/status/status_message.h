// What the gateway says about itself and its devices: retained messages whose payload is exactly
// `online` or `offline`, with the reason as a user property. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/message.h"

namespace sluice::status {

inline constexpr std::string_view kOnline = "online";
inline constexpr std::string_view kOffline = "offline";

/// Whether somebody can be spoken to, and why not. An empty reason is left out.
Message make_status(std::string topic, bool online, std::string_view reason);

}  // namespace sluice::status
