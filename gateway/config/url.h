// Addresses of brokers, as in mqtt://192.0.2.1:1883. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace sluice::config {

enum class Scheme : std::uint8_t { mqtt, mqtts };

struct Address {
  std::string host;  // an IPv6 address without its brackets
  std::uint16_t port = 1883;
  Scheme scheme = Scheme::mqtt;
};

/// Port 0 (any free one) is for who listens.
enum class PortRule : std::uint8_t { fixed, any_free };

/// The scheme's own port where none is written. Refused by name: schemes that are not in this
/// version.
Result<Address> parse_url(std::string_view text, PortRule rule);

}  // namespace sluice::config
