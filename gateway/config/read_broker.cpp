#include "gateway/base/topic.h"
#include "gateway/config/site_sections.h"
#include "gateway/config/url.h"

namespace sluice::config {

namespace {

Result<ListenAddress> to_listener(const Node& node) {
  if (node.is_map()) return wrong("takes an address; { url, tls, anonymous } is not in this version");
  const auto text = to_text(node);
  if (!text) return text.error();
  const auto address = parse_url(*text, PortRule::any_free);
  if (!address) return address.error();
  return ListenAddress{address->host, address->port};
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

BrokerSection read_broker(const Node& node, Complaints& complaints) {
  MapReader map(node, "broker", complaints);
  map.check_keys({{"listen", "anonymous", "passwords", "rights"}, {}});
  BrokerSection broker;
  broker.listen = map.get_list("listen", to_listener);
  if (!map.has("listen")) broker.listen.push_back({"127.0.0.1", 1883});
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
