#include <algorithm>
#include <map>

#include "gateway/base/topic.h"
#include "gateway/config/rewrite.h"
#include "gateway/config/secret_source.h"
#include "gateway/config/site_sections.h"
#include "gateway/config/topic_template.h"
#include "gateway/config/url.h"

namespace sluice::config {

namespace {

constexpr std::size_t kLongestClientId = 1024;

Result<Address> to_address(const Node& node) {
  if (node.is_list() && node.items.size() > 1) return wrong("several addresses are not in this version; it takes one");
  const auto text = to_text(node.is_list() && node.items.size() == 1 ? node.items[0] : node);
  if (!text) return text.error();
  auto address = parse_url(*text, PortRule::fixed);
  if (address && address->scheme != Scheme::mqtt)
    return wrong("mqtts:// is not in this version; it takes mqtt://host:port");
  return address;
}

Result<std::string> to_filter(const Node& node) {
  auto text = to_text(node);
  if (!text) return text;
  if (!topic::is_valid_filter(*text) || !topic::is_within_limits(*text)) {
    return wrong(fmt::format("`{}` is no topic filter", *text));
  }
  return text;
}

Result<std::string> to_client_id(const Node& node) {
  auto text = to_text(node);
  if (text && text->size() > kLongestClientId) return wrong(fmt::format("is longer than {} bytes", kLongestClientId));
  return text;
}

Result<void> check_protocol(const std::string& text) {
  if (text == "5" || text == "5.0") return {};
  if (text == "3.1.1") return wrong("3.1.1 is not in this version; it takes 5");
  return wrong(fmt::format("`{}` is not right; it takes 5", text));
}

Result<std::chrono::seconds> to_heartbeat(const Node& node) {
  const auto duration = to_duration(node);
  if (!duration) return duration.error();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*duration);
  if (seconds < std::chrono::seconds(1) || seconds != *duration) return wrong("takes whole seconds, 1s or more");
  return seconds;
}

SendRule read_send_rule(const Node& node, const std::string& path, Complaints& complaints) {
  MapReader map(node, path, complaints);
  map.check_keys({{"topics", "except", "as", "qos", "retain", "unconfirmed"}, {"class"}});
  SendRule rule;
  rule.topics = map.get_list("topics", to_filter);
  if (!map.has("topics")) map.complain("topics", "is missing; the filters of what is sent");
  rule.except = map.get_list("except", to_filter);
  map.get_into(rule.as, "as", checked_text(check_rewrite));
  rule.qos = map.get("qos", to_qos);
  rule.retain = map.get("retain", to_bool);
  map.get_into(rule.unconfirmed, "unconfirmed", to_bool);
  if (rule.qos == QoS::at_most_once && !rule.unconfirmed) {
    map.complain("qos", "0 gives no confirmation, so messages can be lost; 1, or `unconfirmed: true` beside it");
  }
  return rule;
}

ReceiveRule read_receive_rule(const Node& node, const std::string& path, Complaints& complaints) {
  MapReader map(node, path, complaints);
  map.check_keys({{"topics", "as", "qos"}, {}});
  ReceiveRule rule;
  rule.topics = map.get_list("topics", to_filter);
  if (!map.has("topics")) map.complain("topics", "is missing; the filters of what is received");
  map.get_into(rule.as, "as", checked_text(check_rewrite));
  map.get_into(rule.qos, "qos", to_qos);
  return rule;
}

/// A list of maps, or one map for a list of one.
template <class Rule, class Read>
std::vector<Rule> read_rules(MapReader& map, std::string_view key, Complaints& complaints, Read read) {
  std::vector<Rule> rules;
  const auto* node = map.find(key);
  if (node == nullptr) return rules;
  if (!node->is_list()) return {read(*node, map.path_of(key), complaints)};
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    rules.push_back(read(node->items[i], fmt::format("{}.{}", map.path_of(key), i + 1), complaints));
  }
  return rules;
}

Upstream read_upstream(const Entry& entry, const std::string& path, const std::string& gateway,
                       const std::filesystem::path& credentials, Complaints& complaints) {
  MapReader map(entry.value, path, complaints);
  map.check_keys({{"url", "protocol", "client_id", "username", "password", "send", "receive", "heartbeat", "enabled"},
                  {"profile", "token", "proxy", "tls", "buffer", "budget", "hours", "pace", "live", "envelope"}});
  Upstream upstream;
  upstream.name = entry.key;
  upstream.place = entry.place;
  if (const auto address = map.require("url", to_address, "the address of the broker, mqtt://host:1883")) {
    upstream.host = address->host;
    upstream.port = address->port;
  }
  map.get("protocol", checked_text(check_protocol));
  upstream.client_id = map.get("client_id", to_client_id).value_or(gateway);
  map.get_into(upstream.username, "username", to_text);
  if (auto password = read_secret(map, "password", credentials, complaints)) upstream.password = std::move(*password);
  upstream.send = read_rules<SendRule>(map, "send", complaints, read_send_rule);
  upstream.receive = read_rules<ReceiveRule>(map, "receive", complaints, read_receive_rule);
  map.get_into(upstream.heartbeat, "heartbeat", to_heartbeat);
  return upstream;
}

/// Brokers disconnect the older of two clients with one id: both would reconnect for ever.
void check_client_ids(const std::vector<Upstream>& upstreams, Complaints& complaints) {
  std::map<std::string, const Upstream*> known;
  for (const auto& upstream : upstreams) {
    const auto [first, is_new] = known.emplace(upstream.client_id, &upstream);
    if (is_new) continue;
    complaints.add(upstream.place, fmt::format("upstreams.{}.client_id", upstream.name),
                   fmt::format("`{}` is also the client id of upstream {}; each needs its own", upstream.client_id,
                               first->second->name));
  }
}

}  // namespace

std::vector<Upstream> read_upstreams(const Node& node, const std::string& gateway,
                                     const std::filesystem::path& credentials, Complaints& complaints) {
  std::vector<Upstream> upstreams;
  for_each_named(node, "upstreams", complaints, [&](const Entry& entry, const std::string& path) {
    auto upstream = read_upstream(entry, path, gateway, credentials, complaints);
    MapReader map(entry.value, path, complaints);
    if (map.get("enabled", to_bool).value_or(true)) upstreams.push_back(std::move(upstream));
  });
  return upstreams;
}

void check_upstreams(const Site& site, Complaints& complaints) { check_client_ids(site.upstreams, complaints); }

}  // namespace sluice::config
