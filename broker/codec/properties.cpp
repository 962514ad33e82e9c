#include "broker/codec/properties.h"

#include <array>
#include <initializer_list>

namespace sluice::codec {

// All properties of one byte are flags.
enum class PropertyForm : std::uint8_t {
  none,
  flag,
  two_bytes,
  two_bytes_not_0,
  four_bytes,
  four_bytes_not_0,
  variable_not_0,
  text,
  binary,
  pair,
};

namespace {

using Form = PropertyForm;

struct Rule {
  Form form = Form::none;
  std::uint16_t sections = 0;
};

constexpr std::uint16_t in(std::initializer_list<Section> sections) {
  std::uint16_t bits = 0;
  for (const auto section : sections) bits |= static_cast<std::uint16_t>(section);
  return bits;
}

constexpr std::uint16_t kEverywhere = 0xFFFF;
constexpr std::size_t kIdentifiers = 0x2B;

// Table 2-4 of the standard.
constexpr std::array<Rule, kIdentifiers> make_rules() {
  using enum Section;
  std::array<Rule, kIdentifiers> rules{};
  const auto set = [&rules](PropertyId id, Form form, std::uint16_t sections) {
    rules[static_cast<std::size_t>(id)] = {form, sections};
  };
  set(PropertyId::payload_format_indicator, Form::flag, in({publish, will}));
  set(PropertyId::message_expiry_interval, Form::four_bytes, in({publish, will}));
  set(PropertyId::content_type, Form::text, in({publish, will}));
  set(PropertyId::response_topic, Form::text, in({publish, will}));
  set(PropertyId::correlation_data, Form::binary, in({publish, will}));
  set(PropertyId::subscription_identifier, Form::variable_not_0, in({publish, subscribe}));
  set(PropertyId::session_expiry_interval, Form::four_bytes, in({connect, connack, disconnect}));
  set(PropertyId::assigned_client_identifier, Form::text, in({connack}));
  set(PropertyId::server_keep_alive, Form::two_bytes, in({connack}));
  set(PropertyId::authentication_method, Form::text, in({connect, connack, auth}));
  set(PropertyId::authentication_data, Form::binary, in({connect, connack, auth}));
  set(PropertyId::request_problem_information, Form::flag, in({connect}));
  set(PropertyId::will_delay_interval, Form::four_bytes, in({will}));
  set(PropertyId::request_response_information, Form::flag, in({connect}));
  set(PropertyId::response_information, Form::text, in({connack}));
  set(PropertyId::server_reference, Form::text, in({connack, disconnect}));
  set(PropertyId::reason_string, Form::text, in({connack, acknowledgement, suback, unsuback, disconnect, auth}));
  set(PropertyId::receive_maximum, Form::two_bytes_not_0, in({connect, connack}));
  set(PropertyId::topic_alias_maximum, Form::two_bytes, in({connect, connack}));
  set(PropertyId::topic_alias, Form::two_bytes, in({publish}));
  set(PropertyId::maximum_qos, Form::flag, in({connack}));
  set(PropertyId::retain_available, Form::flag, in({connack}));
  set(PropertyId::user_property, Form::pair, kEverywhere);
  set(PropertyId::maximum_packet_size, Form::four_bytes_not_0, in({connect, connack}));
  set(PropertyId::wildcard_subscription_available, Form::flag, in({connack}));
  set(PropertyId::subscription_identifier_available, Form::flag, in({connack}));
  set(PropertyId::shared_subscription_available, Form::flag, in({connack}));
  return rules;
}

constexpr auto kRules = make_rules();

}  // namespace

PropertyReader::PropertyReader(Reader& in, Section section) : in_(in), section_(section) {
  const std::size_t length = in_.variable();
  if (length > in_.left()) in_.refuse(Reason::malformed_packet, "properties longer than their packet");
  if (in_.ok()) left_after_ = in_.left() - length;
}

bool PropertyReader::next(Property& property) {
  if (in_.left() == left_after_) return false;
  const auto id = in_.variable();
  const Rule rule = id < kIdentifiers ? kRules[id] : Rule{};
  if (rule.form == Form::none) {
    in_.refuse(Reason::malformed_packet, "unknown property");
    return false;
  }
  property.id = static_cast<PropertyId>(id);
  if ((rule.sections & static_cast<std::uint16_t>(section_)) == 0) {
    in_.refuse(Reason::malformed_packet, "property of another packet type");
    return false;
  }
  if (!is_first(property.id)) {
    in_.refuse(Reason::protocol_error, "property given twice");
    return false;
  }
  return read_value(property, rule.form);
}

bool PropertyReader::is_first(PropertyId id) {
  const bool may_repeat =
      id == PropertyId::user_property || (id == PropertyId::subscription_identifier && section_ == Section::publish);
  const auto bit = std::uint64_t{1} << static_cast<unsigned>(id);
  const bool seen = (seen_ & bit) != 0;
  seen_ |= bit;
  return may_repeat || !seen;
}

bool PropertyReader::read_value(Property& property, PropertyForm form) {
  bool in_range = true;
  switch (form) {
    case Form::none: break;
    case Form::flag: in_range = (property.number = in_.byte()) <= 1; break;
    case Form::two_bytes: property.number = in_.two_bytes(); break;
    case Form::two_bytes_not_0: in_range = (property.number = in_.two_bytes()) != 0; break;
    case Form::four_bytes: property.number = in_.four_bytes(); break;
    case Form::four_bytes_not_0: in_range = (property.number = in_.four_bytes()) != 0; break;
    case Form::variable_not_0: in_range = (property.number = in_.variable()) != 0; break;
    case Form::text: property.text = in_.text(); break;
    case Form::binary: property.bytes = in_.binary(); break;
    case Form::pair:
      property.name = in_.text();
      property.text = in_.text();
      break;
  }
  if (in_.left() < left_after_) in_.refuse(Reason::malformed_packet, "property longer than its set");
  if (!in_range) in_.refuse(Reason::protocol_error, "property value out of range");
  return in_.ok();
}

void keep_user_property(Reader& in, const Property& property, std::size_t limit, UserProperties& user) {
  if (user.size() >= limit) return in.refuse(Reason::quota_exceeded, "too many user properties");
  user.emplace_back(property.name, property.text);
}

}  // namespace sluice::codec
