#include "broker/codec/encoders.h"

namespace sluice::codec {

void put_body(Writer&, const Pingreq&, Version) {}

void put_body(Writer&, const Pingresp&, Version) {}

void put_body(Writer& out, const Disconnect& disconnect, Version version) {
  if (version != Version::v5_0) return;
  const auto put = [&disconnect](Writer& to) {
    to.four_bytes(PropertyId::session_expiry_interval, disconnect.session_expiry);
    to.text(PropertyId::reason_string, disconnect.reason_string);
    to.text(PropertyId::server_reference, disconnect.server_reference);
    to.user(disconnect.user);
  };
  Writer properties;
  put(properties);
  if (disconnect.reason == Reason::success && properties.size() == 0) return;
  out.byte(static_cast<std::uint8_t>(disconnect.reason));
  if (properties.size() > 0) put_properties(out, put);
}

void put_body(Writer& out, const Auth& auth, Version) {
  const bool has_properties = !auth.authentication_method.empty() || auth.authentication_data ||
                              !auth.reason_string.empty() || !auth.user.empty();
  if (auth.reason == Reason::success && !has_properties) return;
  out.byte(static_cast<std::uint8_t>(auth.reason));
  put_properties(out, [&auth](Writer& to) {
    to.text(PropertyId::authentication_method, auth.authentication_method);
    to.binary(PropertyId::authentication_data, auth.authentication_data);
    to.text(PropertyId::reason_string, auth.reason_string);
    to.user(auth.user);
  });
}

}  // namespace sluice::codec
