#include "gateway/config/reader.h"

#include <algorithm>

#include "gateway/config/scalar.h"

namespace sluice::config {

namespace {

/// A number, duration or bool: written without quotes.
Result<std::string> plain(const Node& node, std::string_view said) {
  auto text = to_text(node);
  if (!text) return text;
  if (node.quoted)
    return wrong(fmt::format("`{}` stands in quotes, which makes it a text; write {} without", *text, said));
  return text;
}

}  // namespace

Result<std::string> to_text(const Node& node) {
  if (node.is_scalar() && !node.text.empty()) return node.text;
  if (node.is_list()) return wrong("is a list; it takes one value");
  if (node.is_map()) return wrong("is a map; it takes one value (text that begins with `{` needs quotes)");
  return wrong("has no value");
}

Result<bool> to_bool(const Node& node) {
  const auto text = plain(node, "true or false");
  if (!text) return text.error();
  return parse_bool(*text);
}

Result<Duration> to_duration(const Node& node) {
  const auto text = to_text(node);
  if (!text) return text.error();
  return parse_duration(*text);
}

Result<Duration> to_period(const Node& node) {
  const auto period = to_duration(node);
  if (period && *period == Duration::zero()) return wrong("is zero; it takes a duration above zero, such as 1s");
  return period;
}

Result<Decimal> to_decimal(const Node& node) {
  const auto text = plain(node, "the number");
  if (!text) return text.error();
  if (const auto number = parse_decimal(*text)) return *number;
  return wrong(fmt::format("`{}` is no number; write it as 0.1, -5 or 1e-3, with 18 digits at most", *text));
}

Result<QoS> to_qos(const Node& node) {
  return choice<QoS>({{"0", QoS::at_most_once}, {"1", QoS::at_least_once}, {"2", QoS::exactly_once}})(node);
}

Result<TrafficClass> to_traffic_class(const Node& node) {
  return choice<TrafficClass>(
      {{"normal", TrafficClass::normal}, {"alarm", TrafficClass::alarm}, {"trend", TrafficClass::trend}})(node);
}

MapReader::MapReader(const Node& node, std::string path, Complaints& complaints)
    : node_(node), path_(std::move(path)), complaints_(complaints) {
  if (!node.is_map() && !node.is_empty()) complaints_.add(node.place, path_, "takes keys and values (`key: value`)");
}

void MapReader::check_keys(const KeyTable& table) {
  const auto holds = [](const auto& names, std::string_view key) {
    return std::find(names.begin(), names.end(), key) != names.end();
  };
  for (const auto& entry : node_.entries) {
    if (holds(table.built, entry.key)) continue;
    if (holds(table.later, entry.key)) {
      complaints_.add(entry.place, path_of(entry.key), kLater);
      continue;
    }
    const auto meant = nearest_name(entry.key, table.built);
    const auto hint = meant.empty() ? fmt::format("it takes {}", fmt::join(table.built, ", "))
                                    : fmt::format("did you mean `{}`?", meant);
    complaints_.add(entry.place, path_of(entry.key), "is no key that is known here; " + hint);
  }
}

std::string MapReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void MapReader::complain(std::string_view key, std::string_view text) {
  const auto* node = find(key);
  complain_at(node ? *node : node_, key, text);
}

void MapReader::complain_at(const Node& node, std::string_view key, std::string_view text) {
  complaints_.add(node.place, path_of(key), text);
}

void MapReader::complain_missing(std::string_view key, std::string_view sentence) {
  complaints_.add(node_.place, path_of(key), fmt::format("is missing; {}", sentence));
}

}  // namespace sluice::config
