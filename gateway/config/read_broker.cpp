#include "gateway/base/topic.h"
#include "gateway/config/secret_source.h"
#include "gateway/config/site_sections.h"
#include "gateway/config/url.h"

namespace sluice::config {

namespace {

Result<Address> to_address(const Node& node) {
  const auto text = to_text(node);
  if (!text) return text.error();
  return parse_url(*text, PortRule::any_free);
}

std::optional<ListenTls> read_tls(const Node& node, const std::string& path, const std::filesystem::path& credentials,
                                  Complaints& complaints) {
  MapReader map(node, path, complaints);
  map.check_keys({{"certificate", "key", "ca", "clients"}, {}});
  ListenTls tls;
  if (const auto file = map.require("certificate", to_text, "the file with the certificate and its chain")) {
    tls.certificate = beside(map.find("certificate")->place, *file);
  }
  if (!map.has("key")) map.complain("key", "is missing; { credential: NAME } or { file: PATH } of mode 0600");
  if (auto key = read_secret(map, "key", credentials, complaints)) tls.key = std::move(*key);
  if (const auto file = map.get("ca", to_text)) tls.ca = beside(map.find("ca")->place, *file);
  map.get_into(tls.clients, "clients",
               choice<ClientCertificates>(
                   {{"required", ClientCertificates::required}, {"optional", ClientCertificates::optional}}));
  if (map.has("clients") && !map.has("ca")) map.complain("clients", "needs `ca`: who signs their certificates");
  return tls;
}

/// An address alone, or { url, tls }.
std::optional<ListenAddress> read_listener(const Node& node, const std::string& path,
                                           const std::filesystem::path& credentials, Complaints& complaints) {
  static const Node kNone;
  MapReader map(node.is_map() ? node : kNone, path, complaints);
  map.check_keys({{"url", "tls"}, {"anonymous"}});
  if (node.is_map() && !map.has("url")) {
    map.complain("url", "is missing; the address to listen on, mqtts://HOST:PORT");
    return std::nullopt;
  }
  const auto& url = node.is_map() ? *map.find("url") : node;
  const auto address = to_address(url);
  if (!address) {
    complaints.add(url.place, &url == &node ? path : map.path_of("url"), address.error().text);
    return std::nullopt;
  }
  ListenAddress listener{address->host, address->port};
  const auto* tls = map.find("tls");
  const bool needs_tls = address->scheme == Scheme::mqtts;
  if (needs_tls && tls == nullptr) {
    complaints.add(node.place, path,
                   "mqtts:// needs a certificate; { url: mqtts://HOST:PORT, tls: { certificate: FILE, key: … } }");
  }
  if (!needs_tls && tls != nullptr) complaints.add(tls->place, map.path_of("tls"), "is for mqtts://");
  if (needs_tls && tls != nullptr) listener.tls = read_tls(*tls, map.path_of("tls"), credentials, complaints);
  return listener;
}

std::vector<ListenAddress> read_listeners(const MapReader& broker, const Node& node,
                                          const std::filesystem::path& credentials, Complaints& complaints) {
  const auto path = broker.path_of("listen");
  std::vector<ListenAddress> all;
  const auto read = [&](const Node& one) {
    if (auto listener = read_listener(one, path, credentials, complaints)) all.push_back(std::move(*listener));
  };
  if (!node.is_list()) {
    read(node);
    return all;
  }
  if (node.items.empty()) complaints.add(node.place, path, "is an empty list; leave it out or fill it");
  for (const auto& item : node.items) read(item);
  return all;
}

/// A filter of a right; `!` in front takes away again.
Result<std::string> to_right(const Node& node) {
  auto text = to_text(node);
  if (!text) return text;
  const auto filter = text->starts_with('!') ? std::string_view(*text).substr(1) : std::string_view(*text);
  if (!topic::is_valid_filter(filter) || !topic::is_within_limits(filter)) {
    return wrong(fmt::format("`{}` is no topic filter", *text));
  }
  return text;
}

std::vector<Rights> read_rights(const Node& node, Complaints& complaints) {
  std::vector<Rights> all;
  const MapReader users(node, "broker.rights", complaints);
  for (const auto& entry : node.entries) {
    MapReader map(entry.value, users.path_of(entry.key), complaints);
    map.check_keys({{"read", "write"}, {}});
    all.push_back({entry.key, map.get_list("read", to_right), map.get_list("write", to_right)});
  }
  return all;
}

}  // namespace

BrokerSection read_broker(const Node& node, const std::filesystem::path& credentials, Complaints& complaints) {
  MapReader map(node, "broker", complaints);
  map.check_keys({{"listen", "anonymous", "passwords", "rights"}, {}});
  BrokerSection broker;
  if (const auto* listen = map.find("listen")) {
    broker.listen = read_listeners(map, *listen, credentials, complaints);
  } else {
    broker.listen.push_back({"127.0.0.1", 1883});
  }
  map.get_into(
      broker.anonymous, "anonymous",
      choice<Anonymous>(
          {{"loopback", Anonymous::loopback}, {"true", Anonymous::everywhere}, {"false", Anonymous::nowhere}}));
  if (const auto passwords = map.get("passwords", to_text)) {
    broker.passwords = beside(map.find("passwords")->place, *passwords);
  }
  if (const auto* rights = map.find("rights")) broker.rights = read_rights(*rights, complaints);
  return broker;
}

}  // namespace sluice::config
