#include "broker/upstream/stamp.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::upstream {

namespace {

std::uint32_t time_left(std::uint32_t seconds, WallTime stored_at, WallTime now) {
  if (!is_plausible(stored_at) || now <= stored_at) return seconds;
  const auto waited = std::chrono::floor<std::chrono::seconds>(now - stored_at).count();
  return static_cast<std::uint32_t>(std::max<std::int64_t>(1, std::int64_t{seconds} - waited));
}

}  // namespace

Message stamp(const store::StoredMessage& stored, const std::string& gateway, const std::string& stream, WallTime now) {
  Message message = *stored.message;
  auto& properties = message.properties;
  properties.user.emplace_back(kGatewayProperty, gateway);
  properties.user.emplace_back(kStreamProperty, stream);
  properties.user.emplace_back(kEpochProperty, fmt::format("{:016x}", stored.epoch));
  properties.user.emplace_back(kSequenceProperty, fmt::format("{}", stored.sequence));
  if (properties.expiry_seconds) {
    properties.expiry_seconds = time_left(*properties.expiry_seconds, stored.stored_at, now);
  }
  return message;
}

}  // namespace sluice::upstream
