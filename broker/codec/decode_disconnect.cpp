#include "broker/codec/decoders.h"
#include "broker/codec/properties.h"

namespace sluice::codec {

// DISCONNECT (section 3.14); what is left out is success without properties:
//
//   [reason (1)  [properties]]
void decode_disconnect(Reader& in, const Context& context, Disconnect& disconnect) {
  if (!context.is_v5() || in.done()) return;
  disconnect.reason = read_reason(in, context);
  if (in.done()) return;
  PropertyReader properties(in, Section::disconnect);
  for (Property property; properties.next(property);) {
    switch (property.id) {
      case PropertyId::session_expiry_interval: disconnect.session_expiry = property.number; break;
      case PropertyId::reason_string: disconnect.reason_string = property.text; break;
      case PropertyId::server_reference: disconnect.server_reference = property.text; break;
      default: keep_user_property(in, property, context.limits.max_user_properties, disconnect.user);
    }
  }
  if (disconnect.session_expiry && context.side == Side::client) {
    in.refuse(Reason::protocol_error, "session expiry from a server");  // [MQTT-3.14.2-2]
  }
}

// AUTH (section 3.15):  [reason (1)  properties]
void decode_auth(Reader& in, const Context& context, Auth& auth) {
  if (in.done()) return;
  auth.reason = read_reason(in, context);
  PropertyReader properties(in, Section::auth);
  for (Property property; properties.next(property);) {
    switch (property.id) {
      case PropertyId::authentication_method: auth.authentication_method = property.text; break;
      case PropertyId::authentication_data: auth.authentication_data = property.bytes; break;
      case PropertyId::reason_string: auth.reason_string = property.text; break;
      default: keep_user_property(in, property, context.limits.max_user_properties, auth.user);
    }
  }
  if (auth.authentication_method.empty()) in.refuse(Reason::protocol_error, "AUTH without a method");
}

}  // namespace sluice::codec
