// CONNECT and CONNACK (sections 3.1, 3.2).
#include <algorithm>
#include <utility>
#include <variant>

#include "broker/session/connection.h"
#include "broker/session/received_message.h"

namespace sluice::session {

using codec::Reason;
using codec::Version;

namespace {

// Before 5.0 most errors in CONNECT have no return code.
bool can_be_told(Version version, Reason reason) {
  return version == Version::v5_0 || reason == Reason::unsupported_protocol_version ||
         reason == Reason::client_identifier_not_valid;
}

// Before 5.0 a session ends with its connection or never.
std::uint32_t session_expiry(const codec::Connect& connect) {
  if (connect.version == Version::v5_0) return connect.session_expiry;
  return connect.clean_start ? 0 : kNeverExpires;
}

Will will_of(const codec::Will& will) { return {std::make_shared<const Message>(received_message(will)), will.delay}; }

Opening opening_of(const codec::Connect& connect) {
  Opening opening;
  opening.client_id = connect.client_id;
  opening.user = connect.user_name.value_or("");
  opening.clean_start = connect.clean_start;
  opening.expiry = session_expiry(connect);
  if (connect.will) opening.will = will_of(*connect.will);
  return opening;
}

Credentials credentials_of(const codec::Connect& connect) {
  Credentials credentials;
  credentials.client_id = connect.client_id;
  credentials.user = connect.user_name;
  if (connect.password) credentials.password.emplace(std::string(as_text(*connect.password)));
  return credentials;
}

}  // namespace

void Connection::on(const codec::Connect& connect, MonotonicTime now) {
  agree(connect);
  if (!connect.authentication_method.empty()) {
    return refuse(Reason::bad_authentication_method, "no authentication method is supported", now);
  }
  if (connect.will && connect.will->topic.starts_with('$')) {
    return refuse(Reason::topic_name_invalid, "a will may not go to a topic of the server", now);
  }
  opening_ = std::make_unique<Opening>(opening_of(connect));
  phase_ = Phase::authenticating;
  host_.authenticate(*this, credentials_of(connect), now);
}

void Connection::refuse_unread(const codec::Packet& packet, const codec::DecodeError& error, MonotonicTime now) {
  if (const auto* connect = std::get_if<codec::Connect>(&packet)) version_ = connect->version;
  can_be_told(version_, error.reason) ? refuse(error.reason, error.why, now) : close(error.reason, error.why, now);
}

void Connection::agree(const codec::Connect& connect) {
  version_ = connect.version;
  max_packet_ = connect.maximum_packet_size.value_or(max_packet_);
  quota_ = static_cast<std::uint16_t>(std::min<std::size_t>(connect.receive_maximum, limits_.send_window));
  silence_ = std::chrono::milliseconds(1500) * connect.keep_alive;
}

void Connection::authenticated(Reason reason, MonotonicTime now) {
  if (phase_ != Phase::authenticating) return;
  if (codec::is_failure(reason)) return refuse(reason, "the login was refused", now);
  accept(now);
  // What came behind CONNECT has been waiting, unless the answer came from within receive.
  if (!consuming_) receive({}, now);
}

void Connection::accept(MonotonicTime now) {
  const bool id_was_empty = opening_->client_id.empty();
  const auto opened = host_.open_session(*this, std::move(*opening_), now);
  opening_.reset();
  if (!opened.session) return refuse(opened.reason, "there is no room for another session", now);
  session_ = opened.session;
  client_id_ = session_->client_id;
  last_packet_ = now;
  phase_ = Phase::established;
  if (!confirm(opened, id_was_empty ? session_->client_id : std::string_view{})) {
    cause_ = "the client's maximum packet size does not leave room for CONNACK";
    return end(now);
  }
  resume(now);
}

bool Connection::confirm(const Opened& opened, std::string_view assigned_id) {
  codec::Connack connack;
  connack.session_present = opened.present;
  if (version_ == Version::v5_0) {
    connack.receive_maximum = limits_.receive_maximum;
    connack.maximum_packet_size = limits_.decode.max_packet;
    connack.topic_alias_maximum = limits_.topic_aliases;
    connack.shared_subscription_available = false;
    connack.assigned_client_id = assigned_id;
  }
  return send(connack);
}

void Connection::refuse(Reason reason, std::string_view why, MonotonicTime now) {
  codec::Connack connack;
  connack.reason = reason;
  connack.reason_string = why;
  if (!send(connack)) {
    connack.reason_string = {};
    send(connack);
  }
  cause_ = why;
  end(now);
}

}  // namespace sluice::session
