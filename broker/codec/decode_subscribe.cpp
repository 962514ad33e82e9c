#include "broker/codec/decoders.h"
#include "broker/codec/properties.h"
#include "broker/codec/reasons.h"

namespace sluice::codec {

namespace {

// Reads the properties of a packet that has at most a reason string and user properties.
void read_properties(Reader& in, const Context& context, Section section, std::string_view& reason_string,
                     UserProperties& user) {
  PropertyReader properties(in, section);
  for (Property property; properties.next(property);) {
    if (property.id == PropertyId::reason_string) {
      reason_string = property.text;
    } else {
      keep_user_property(in, property, context.limits.max_user_properties, user);
    }
  }
}

// Options of one filter (section 3.8.3.1); 3.1 and 3.1.1 have the QoS alone:
//
//   7,6 reserved  5,4 retain handling  3 retain as published  2 no local  1,0 QoS
void read_options(Reader& in, const Context& context, SubscribeFilter& filter) {
  const auto bits = in.byte();
  const std::uint8_t reserved = context.is_v5() ? 0xC0 : 0xFC;
  const auto qos = bits & 3;
  const auto handling = bits >> 4 & 3;
  if (bits & reserved) in.refuse(Reason::malformed_packet, "reserved subscription option is set");
  if (qos == 3) in.refuse(Reason::protocol_error, "subscription of QoS 3");
  if (handling == 3) in.refuse(Reason::protocol_error, "retain handling 3");
  filter.qos = static_cast<QoS>(qos);
  filter.no_local = (bits & 0x04) != 0;
  filter.retain_as_published = (bits & 0x08) != 0;
  filter.retain_handling = static_cast<RetainHandling>(handling);
  if (filter.no_local && filter.filter.starts_with("$share/")) {
    in.refuse(Reason::protocol_error, "No Local on a shared subscription");  // [MQTT-3.8.3-4]
  }
}

// True while there is another filter that may be read.
bool has_filter(Reader& in, const Context& context, std::size_t read) {
  if (in.done()) {
    if (read == 0) in.refuse(Reason::protocol_error, "no topic filter");  // [MQTT-3.8.3-2, MQTT-3.10.3-2]
    return false;
  }
  if (read == context.limits.max_filters) in.refuse(Reason::quota_exceeded, "too many topic filters");
  return in.ok();
}

// One byte for each filter, at least one.
void read_reasons(Reader& in, const Context& context, std::vector<Reason>& reasons) {
  if (in.done()) return in.refuse(Reason::protocol_error, "no reason code");
  reasons.reserve(in.left());
  while (!in.done()) reasons.push_back(read_reason(in, context));
}

}  // namespace

// SUBSCRIBE (section 3.8):  packet identifier (2)  [properties]  { filter (text)  options (1) } ...
void decode_subscribe(Reader& in, const Context& context, Subscribe& subscribe) {
  subscribe.packet_id = read_packet_id(in);
  if (context.is_v5()) {
    PropertyReader properties(in, Section::subscribe);
    for (Property property; properties.next(property);) {
      if (property.id == PropertyId::subscription_identifier) {
        subscribe.subscription_id = property.number;
      } else {
        keep_user_property(in, property, context.limits.max_user_properties, subscribe.user);
      }
    }
  }
  while (has_filter(in, context, subscribe.filters.size())) {
    auto& filter = subscribe.filters.emplace_back();
    filter.filter = in.text();
    read_options(in, context, filter);
  }
}

// SUBACK (section 3.9):  packet identifier (2)  [properties]  reason (1) ...
void decode_suback(Reader& in, const Context& context, Suback& suback) {
  suback.packet_id = read_packet_id(in);
  if (context.is_v5()) read_properties(in, context, Section::suback, suback.reason_string, suback.user);
  read_reasons(in, context, suback.reasons);
}

// UNSUBSCRIBE (section 3.10):  packet identifier (2)  [properties]  filter (text) ...
void decode_unsubscribe(Reader& in, const Context& context, Unsubscribe& unsubscribe) {
  unsubscribe.packet_id = read_packet_id(in);
  if (context.is_v5()) {
    std::string_view never_there;
    read_properties(in, context, Section::unsubscribe, never_there, unsubscribe.user);
  }
  while (has_filter(in, context, unsubscribe.filters.size())) unsubscribe.filters.push_back(in.text());
}

// UNSUBACK (section 3.11):  packet identifier (2)  [properties  reason (1) ...]
void decode_unsuback(Reader& in, const Context& context, Unsuback& unsuback) {
  unsuback.packet_id = read_packet_id(in);
  if (!context.is_v5()) return;
  read_properties(in, context, Section::unsuback, unsuback.reason_string, unsuback.user);
  read_reasons(in, context, unsuback.reasons);
}

}  // namespace sluice::codec
