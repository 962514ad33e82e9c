// Whether somebody without a user name may connect. Pure.
#pragma once

#include <string_view>

#include "broker/access/rights.h"

namespace sluice::access {

/// `address` is that of the peer, as text, without port. An address that cannot be read is not
/// on this machine.
bool is_anonymous_welcome(Anonymous rule, std::string_view address);

/// 127.0.0.0/8, ::1, and the former written as IPv6.
bool is_loopback(std::string_view address);

}  // namespace sluice::access
