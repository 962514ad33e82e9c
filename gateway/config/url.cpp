#include "gateway/config/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "gateway/config/complaint.h"
#include "gateway/config/scalar.h"

namespace sluice::config {

namespace {

Error malformed(std::string_view text) {
  return wrong(fmt::format("`{}` is no address of a broker; write it as mqtt://host:1883", text));
}

struct SchemeText {
  std::string_view text;
  Scheme scheme;
  std::uint16_t port;
};
constexpr SchemeText kSchemes[] = {{"mqtt://", Scheme::mqtt, 1883}, {"mqtts://", Scheme::mqtts, 8883}};

const SchemeText* scheme_of(std::string_view text) {
  const auto is_it = [&](const SchemeText& scheme) { return text.starts_with(scheme.text); };
  const auto* found = std::find_if(std::begin(kSchemes), std::end(kSchemes), is_it);
  return found == std::end(kSchemes) ? nullptr : found;
}

bool is_host(std::string_view host) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == ':' || c == '%';
  };
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), fits);
}

/// Splits `host:port`, `[v6]:port` or a host alone.
bool split(std::string_view rest, std::string_view& host, std::string_view& port) {
  if (rest.starts_with('[')) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos) return false;
    host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    if (!rest.empty() && rest.front() != ':') return false;
    port = rest.empty() ? rest : rest.substr(1);
    return rest.size() != 1;
  }
  const auto colon = rest.find(':');
  host = rest.substr(0, colon);
  if (colon == std::string_view::npos) return true;
  port = rest.substr(colon + 1);
  return !port.empty() && port.find(':') == std::string_view::npos;
}

}  // namespace

Result<Address> parse_url(std::string_view text, PortRule rule) {
  if (text.find('@') != std::string_view::npos) return wrong("holds a user; that belongs into username and password");
  for (const std::string_view later : {"ws://", "wss://"}) {
    if (text.starts_with(later))
      return wrong(fmt::format("{} is not in this version; it takes mqtt://host:port or mqtts://host:port", later));
  }
  const auto* scheme = scheme_of(text);
  if (scheme == nullptr) return malformed(text);
  std::string_view host, port;
  if (!split(text.substr(scheme->text.size()), host, port) || !is_host(host)) return malformed(text);
  Address address{std::string(host), scheme->port, scheme->scheme};
  if (port.empty()) return address;
  const auto number = parse_integer(port, rule == PortRule::any_free ? 0 : 1, 65535);
  if (!number) return wrong("the port: " + number.error().text);
  address.port = static_cast<std::uint16_t>(*number);
  return address;
}

}  // namespace sluice::config
