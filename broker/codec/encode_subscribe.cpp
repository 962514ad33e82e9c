#include "broker/codec/encoders.h"

namespace sluice::codec {

namespace {

std::uint8_t options_of(const SubscribeFilter& filter, Version version) {
  auto bits = static_cast<std::uint8_t>(filter.qos);
  if (version != Version::v5_0) return bits;
  if (filter.no_local) bits |= 0x04;
  if (filter.retain_as_published) bits |= 0x08;
  return static_cast<std::uint8_t>(bits | static_cast<std::uint8_t>(filter.retain_handling) << 4);
}

void put_answer_properties(Writer& out, std::string_view reason_string, const UserProperties& user) {
  put_properties(out, [&](Writer& to) {
    to.text(PropertyId::reason_string, reason_string);
    to.user(user);
  });
}

}  // namespace

void put_body(Writer& out, const Subscribe& subscribe, Version version) {
  out.two_bytes(subscribe.packet_id);
  if (version == Version::v5_0) {
    put_properties(out, [&subscribe](Writer& to) {
      to.variable(PropertyId::subscription_identifier, subscribe.subscription_id);
      to.user(subscribe.user);
    });
  }
  for (const auto& filter : subscribe.filters) {
    out.text(filter.filter);
    out.byte(options_of(filter, version));
  }
}

void put_body(Writer& out, const Suback& suback, Version version) {
  const bool is_v5 = version == Version::v5_0;
  out.two_bytes(suback.packet_id);
  if (is_v5) put_answer_properties(out, suback.reason_string, suback.user);
  for (const auto reason : suback.reasons) {
    const auto sent = is_failure(reason) && !is_v5 ? Reason::unspecified_error : reason;
    out.byte(static_cast<std::uint8_t>(sent));
  }
}

void put_body(Writer& out, const Unsubscribe& unsubscribe, Version version) {
  out.two_bytes(unsubscribe.packet_id);
  if (version == Version::v5_0) {
    put_properties(out, [&unsubscribe](Writer& to) { to.user(unsubscribe.user); });
  }
  for (const auto filter : unsubscribe.filters) out.text(filter);
}

void put_body(Writer& out, const Unsuback& unsuback, Version version) {
  out.two_bytes(unsuback.packet_id);
  if (version != Version::v5_0) return;
  put_answer_properties(out, unsuback.reason_string, unsuback.user);
  for (const auto reason : unsuback.reasons) out.byte(static_cast<std::uint8_t>(reason));
}

}  // namespace sluice::codec
