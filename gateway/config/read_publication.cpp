#include <algorithm>

#include "gateway/config/site_sections.h"
#include "gateway/config/topic_template.h"

namespace sluice::config {

namespace {

const KeyTable& publication_table() {
  static const KeyTable table{{"topic", "payload", "qos", "retain"},
                              {"devices", "points", "except", "when", "at_least", "at_most", "every", "value", "units",
                               "to", "class", "expires", "discovery", "group", "node", "primary_host"}};
  return table;
}

/// `publish: { minute: { ... } }`: entries that are maps and no keys of a publication are
/// publications with names.
bool is_named(const Node& node) {
  const auto& table = publication_table();
  const auto is_key = [&](const std::string& key) {
    const auto holds = [&](const auto& names) { return std::find(names.begin(), names.end(), key) != names.end(); };
    return holds(table.built) || holds(table.later);
  };
  return std::any_of(node.entries.begin(), node.entries.end(),
                     [&](const Entry& entry) { return entry.value.is_map() && !is_key(entry.key); });
}

Result<PayloadForm> to_payload(const Node& node) {
  if (node.is_map()) return wrong("takes value or json; payloads of one's own are not in this version");
  if (node.text == "value") return PayloadForm::value;
  if (node.text == "json") return PayloadForm::json;
  constexpr std::string_view kKnown[] = {"device-json", "batch-json",  "cbor",       "device-cbor",
                                         "batch-cbor",  "sparkplug-b", "value-cbor", "json-cbor"};
  if (std::find(std::begin(kKnown), std::end(kKnown), node.text) != std::end(kKnown)) {
    return wrong(fmt::format("{} is not in this version; it takes value or json", node.text));
  }
  return wrong(fmt::format("`{}` is not right; it takes value or json", node.text));
}

/// A template of a topic that belongs to one point.
Result<std::string> to_point_topic(const Node& node) {
  const auto text = to_text(node);
  if (!text) return text;
  const auto parsed = TopicTemplate::parse(*text, kPointPlaceholders);
  if (!parsed) return parsed.error();
  if (!parsed->has("point")) return wrong("needs {point}; topics of several points are not in this version");
  return text;
}

Result<std::string> to_result_topic(const Node& node) {
  const auto text = to_text(node);
  if (!text) return text;
  if (const auto parsed = TopicTemplate::parse(*text, kPointPlaceholders); !parsed) return parsed.error();
  return text;
}

std::string default_result(const std::string& topic) {
  const auto slash = topic.rfind('/');
  return slash == std::string::npos ? "result" : topic.substr(0, slash + 1) + "result";
}

}  // namespace

Publication read_publication(const Node& node, Complaints& complaints) {
  Publication publication;
  publication.place = node.place;
  if (is_named(node)) {
    complaints.add(node.place, "publish",
                   "several publications with names are not in this version; it takes one without");
    return publication;
  }
  MapReader map(node, "publish", complaints);
  map.check_keys(publication_table());
  map.get_into(publication.topic, "topic", to_point_topic);
  map.get_into(publication.payload, "payload", to_payload);
  map.get_into(publication.qos, "qos", to_qos);
  map.get_into(publication.retain, "retain", to_bool);
  return publication;
}

CommandRules read_commands(const Node& node, Complaints& complaints) {
  MapReader map(node, "commands", complaints);
  map.check_keys({{"topic", "result", "from", "wait"}, {}});
  CommandRules rules;
  rules.place = node.place;
  rules.topic = map.require("topic", to_point_topic, "a topic such as \"{gateway}/{device}/{point}/set\"").value_or("");
  rules.result = default_result(rules.topic);
  map.get_into(rules.result, "result", to_result_topic);
  rules.from = map.get_list("from", to_text);
  map.get_into(rules.wait, "wait", to_period);
  return rules;
}

}  // namespace sluice::config
