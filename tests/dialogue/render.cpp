#include "tests/dialogue/render.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "broker/codec/decoder.h"

namespace sluice::dialogue {

namespace {

using codec::Reason;

std::string name_of(Reason reason) {
  switch (reason) {
    case Reason::disconnect_with_will: return "disconnect_with_will";
    case Reason::no_matching_subscribers: return "no_matching_subscribers";
    case Reason::no_subscription_existed: return "no_subscription_existed";
    case Reason::unspecified_error: return "unspecified_error";
    case Reason::malformed_packet: return "malformed_packet";
    case Reason::protocol_error: return "protocol_error";
    case Reason::unsupported_protocol_version: return "unsupported_protocol_version";
    case Reason::client_identifier_not_valid: return "client_identifier_not_valid";
    case Reason::bad_user_name_or_password: return "bad_user_name_or_password";
    case Reason::not_authorized: return "not_authorized";
    case Reason::server_unavailable: return "server_unavailable";
    case Reason::server_shutting_down: return "server_shutting_down";
    case Reason::bad_authentication_method: return "bad_authentication_method";
    case Reason::keep_alive_timeout: return "keep_alive_timeout";
    case Reason::session_taken_over: return "session_taken_over";
    case Reason::topic_filter_invalid: return "topic_filter_invalid";
    case Reason::topic_name_invalid: return "topic_name_invalid";
    case Reason::packet_identifier_not_found: return "packet_identifier_not_found";
    case Reason::receive_maximum_exceeded: return "receive_maximum_exceeded";
    case Reason::topic_alias_invalid: return "topic_alias_invalid";
    case Reason::packet_too_large: return "packet_too_large";
    case Reason::quota_exceeded: return "quota_exceeded";
    case Reason::payload_format_invalid: return "payload_format_invalid";
    case Reason::shared_subscriptions_not_supported: return "shared_subscriptions_not_supported";
    default: return fmt::format("0x{:02X}", static_cast<int>(reason));
  }
}

std::string if_not_success(Reason reason) { return reason == Reason::success ? "" : " " + name_of(reason); }

std::string granted(Reason reason) {
  return codec::is_failure(reason) ? name_of(reason) : fmt::format("{}", static_cast<int>(reason));
}

std::string list(const std::vector<Reason>& reasons, std::string (*name)(Reason)) {
  std::string text;
  for (const auto reason : reasons) text += " " + name(reason);
  return text;
}

std::string success_or_name(Reason reason) { return reason == Reason::success ? "success" : name_of(reason); }

const char* acknowledgement_name(codec::PacketType type) {
  switch (type) {
    case codec::PacketType::puback: return "PUBACK";
    case codec::PacketType::pubrec: return "PUBREC";
    case codec::PacketType::pubrel: return "PUBREL";
    default: return "PUBCOMP";
  }
}

std::string properties_of(const codec::ApplicationProperties& properties) {
  std::string text;
  if (properties.message_expiry) text += fmt::format(" expiry={}", *properties.message_expiry);
  if (properties.payload_is_utf8) text += " utf8";
  if (!properties.content_type.empty()) text += fmt::format(" type={}", properties.content_type);
  if (!properties.response_topic.empty()) text += fmt::format(" response={}", properties.response_topic);
  if (properties.correlation_data) text += fmt::format(" correlation={}", as_text(*properties.correlation_data));
  for (const auto& [name, value] : properties.user) text += fmt::format(" {}:{}", name, value);
  return text;
}

struct Renderer {
  std::string operator()(const codec::Connack& packet) const {
    return std::string("CONNACK") + (packet.session_present ? " present" : "") + if_not_success(packet.reason);
  }
  std::string operator()(const codec::Publish& packet) const {
    std::string text = fmt::format("PUBLISH q{}", static_cast<int>(packet.qos));
    if (packet.packet_id != 0) text += fmt::format(" id={}", packet.packet_id);
    if (packet.dup) text += " dup";
    if (packet.retain) text += " retain";
    if (!packet.subscription_ids.empty())
      text += fmt::format(" subscriptions={}", fmt::join(packet.subscription_ids, ","));
    if (packet.topic_alias) text += fmt::format(" alias={}", *packet.topic_alias);
    return text + properties_of(packet.properties) + fmt::format(" {}={}", packet.topic, as_text(packet.payload));
  }
  std::string operator()(const codec::Acknowledgement& packet) const {
    return fmt::format("{} {}{}", acknowledgement_name(packet.type), packet.packet_id, if_not_success(packet.reason));
  }
  std::string operator()(const codec::Suback& packet) const {
    return fmt::format("SUBACK {}:{}", packet.packet_id, list(packet.reasons, granted));
  }
  std::string operator()(const codec::Unsuback& packet) const {
    return fmt::format("UNSUBACK {}:{}", packet.packet_id, list(packet.reasons, success_or_name));
  }
  std::string operator()(const codec::Pingresp&) const { return "PINGRESP"; }
  std::string operator()(const codec::Disconnect& packet) const { return "DISCONNECT" + if_not_success(packet.reason); }
  template <class Other>
  std::string operator()(const Other&) const {
    return "(a packet that servers do not send)";
  }
};

}  // namespace

std::string render(const codec::Packet& packet) { return std::visit(Renderer{}, packet); }

std::vector<std::string> render_all(ByteView bytes, codec::Version version) {
  std::vector<std::string> lines;
  codec::DecodeLimits limits;
  limits.max_packet = 1 << 28;
  while (!bytes.empty()) {
    const auto frame = codec::find_frame(bytes, codec::Side::client, version, limits, false);
    if (frame.state != codec::Frame::State::complete) {
      lines.emplace_back(frame.state == codec::Frame::State::bad ? std::string(frame.why) : "(cut)");
      break;
    }
    codec::Packet packet;
    codec::DecodeError error;
    const bool ok = codec::decode(bytes.first(frame.size), codec::Side::client, version, limits, packet, error);
    lines.push_back(ok ? render(packet) : std::string(error.why));
    bytes = bytes.subspan(frame.size);
  }
  return lines;
}

}  // namespace sluice::dialogue
