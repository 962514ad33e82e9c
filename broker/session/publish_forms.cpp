#include "broker/session/publish_forms.h"

#include <algorithm>

#include "broker/codec/encoder.h"

namespace sluice::session {

namespace {

using codec::Version;

// An exchange that has begun goes on even when its message expires meanwhile, so 1 is the least.
std::optional<std::uint32_t> remaining_expiry(const Message& message, MonotonicTime now) {
  const auto& expiry = message.properties.expiry_seconds;
  if (!expiry) return std::nullopt;
  const auto waited = std::chrono::duration_cast<std::chrono::seconds>(now - message.received).count();
  return static_cast<std::uint32_t>(
      std::max<std::int64_t>(1, std::int64_t{*expiry} - std::max<std::int64_t>(0, waited)));
}

codec::ApplicationProperties describe_properties(const Message& message, MonotonicTime now) {
  const auto& from = message.properties;
  codec::ApplicationProperties to;
  to.message_expiry = remaining_expiry(message, now);
  to.payload_is_utf8 = from.payload_is_utf8;
  to.content_type = from.content_type;
  to.response_topic = from.response_topic;
  if (from.correlation_data) to.correlation_data = as_bytes(*from.correlation_data);
  to.user.assign(from.user.begin(), from.user.end());
  return to;
}

std::size_t form_index(const Delivery& delivery, Version version) {
  const std::size_t newer = version == Version::v5_0 ? 1 : 0;
  return (newer * 3 + static_cast<std::size_t>(delivery.qos)) * 2 + (delivery.retain ? 1 : 0);
}

// type and flags | remaining length, 1 to 4 bytes | topic length, 2 bytes | topic | packet id
std::size_t packet_id_offset(const std::uint8_t* head, std::size_t topic_size) {
  std::size_t at = 1;
  while (head[at] & 0x80) ++at;
  return at + 1 + 2 + topic_size;
}

}  // namespace

PublishForms::PublishForms(const Message& message, MonotonicTime now) {
  publish_.topic = message.topic;
  publish_.payload = as_bytes(message.payload);
  publish_.properties = describe_properties(message, now);
}

codec::Publish& PublishForms::describe(const Delivery& delivery) {
  publish_.qos = delivery.qos;
  publish_.retain = delivery.retain;
  publish_.packet_id = delivery.qos == QoS::at_most_once ? 0 : 1;
  publish_.subscription_ids = delivery.subscription_ids;
  return publish_;
}

const Bytes& PublishForms::form(const Delivery& delivery, Version version) {
  auto& form = forms_[form_index(delivery, version)];
  if (form.empty()) codec::encode_publish_head(describe(delivery), version, form);
  return form;
}

std::size_t PublishForms::size(const Delivery& delivery, Version version) {
  if (version == Version::v5_0 && !delivery.subscription_ids.empty()) {
    return codec::encoded_size(describe(delivery), version);
  }
  return form(delivery, version).size() + publish_.payload.size();
}

void PublishForms::append_head(const Delivery& delivery, Version version, std::uint16_t packet_id, Bytes& out) {
  const auto start = out.size();
  if (version == Version::v5_0 && !delivery.subscription_ids.empty()) {
    codec::encode_publish_head(describe(delivery), version, out);
  } else {
    const auto& head = form(delivery, version);
    out.insert(out.end(), head.begin(), head.end());
  }
  if (delivery.qos == QoS::at_most_once) return;
  const auto at = start + packet_id_offset(&out[start], publish_.topic.size());
  out[at] = static_cast<std::uint8_t>(packet_id >> 8);
  out[at + 1] = static_cast<std::uint8_t>(packet_id & 0xFF);
}

}  // namespace sluice::session
