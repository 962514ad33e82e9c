// Reads the keys of a map into typed values; what does not read becomes a complaint and an absent
// value, and reading goes on.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/message.h"
#include "gateway/base/result.h"
#include "gateway/config/complaint.h"
#include "gateway/config/decimal.h"
#include "gateway/config/node.h"

namespace sluice::config {

/// The keys that a map may have: those that do something, and those that have a meaning but do
/// nothing yet, which are refused by name.
struct KeyTable {
  std::vector<std::string_view> built;
  std::vector<std::string_view> later;
};

inline constexpr std::string_view kLater = "not in this version";

/* Readers of single values; errors say what would be right. */
Result<std::string> to_text(const Node& node);
Result<bool> to_bool(const Node& node);
Result<Duration> to_duration(const Node& node);  // zero is allowed
Result<Duration> to_period(const Node& node);    // above zero
Result<Decimal> to_decimal(const Node& node);
Result<QoS> to_qos(const Node& node);
Result<TrafficClass> to_traffic_class(const Node& node);

/// Reads texts that `check` accepts.
template <class Check>
auto checked_text(Check check) {
  return [check](const Node& node) -> Result<std::string> {
    auto text = to_text(node);
    if (!text) return text;
    if (const auto checked = check(*text); !checked) return checked.error();
    return text;
  };
}

/// One of the names in `choices`, as what stands beside it.
template <class T>
auto choice(std::vector<std::pair<std::string_view, T>> choices) {
  return [choices = std::move(choices)](const Node& node) -> Result<T> {
    auto text = to_text(node);
    if (!text) return text.error();
    std::vector<std::string_view> names;
    for (const auto& [name, value] : choices) {
      if (name == *text) return value;
      names.push_back(name);
    }
    return wrong(fmt::format("`{}` is not right; it takes {}", *text, fmt::join(names, ", ")));
  };
}

class MapReader {
 public:
  /// Complains when `node` is no map. It may be empty (a key without a value).
  MapReader(const Node& node, std::string path, Complaints& complaints);

  /// Complains about every key that is not in the table, with the nearest that is.
  void check_keys(const KeyTable& table);

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view key) const;
  const Place& place() const { return node_.place; }
  const Node* find(std::string_view key) const { return node_.find(key); }
  bool has(std::string_view key) const { return find(key) != nullptr; }

  void complain(std::string_view key, std::string_view text);
  void complain_at(const Node& node, std::string_view key, std::string_view text);

  /// The value under `key`; nothing when it is absent, or was complained about.
  template <class Parse>
  auto get(std::string_view key, Parse parse) {
    using T = std::remove_reference_t<decltype(*parse(node_))>;
    const auto* node = find(key);
    return node == nullptr ? std::optional<T>{} : one<T>(*node, key, parse);
  }

  /// As get, into `target` when there is a value.
  template <class T, class Parse>
  void get_into(T& target, std::string_view key, Parse parse) {
    if (auto value = get(key, parse)) target = std::move(*value);
  }

  /// As get; absence is complained about with `sentence`, which says what belongs there.
  template <class Parse>
  auto require(std::string_view key, Parse parse, std::string_view sentence) {
    if (!has(key)) complain_missing(key, sentence);
    return get(key, parse);
  }

  /// A list, or the one that may stand for a list of one.
  template <class Parse>
  auto get_list(std::string_view key, Parse parse) {
    using T = std::remove_reference_t<decltype(*parse(node_))>;
    std::vector<T> values;
    const auto* node = find(key);
    if (node == nullptr) return values;
    if (!node->is_list()) {
      if (auto value = one<T>(*node, key, parse)) values.push_back(std::move(*value));
      return values;
    }
    if (node->items.empty()) complain_at(*node, key, "is an empty list; leave it out or fill it");
    for (const auto& item : node->items) {
      if (auto value = one<T>(item, key, parse)) values.push_back(std::move(*value));
    }
    return values;
  }

 private:
  template <class T, class Parse>
  std::optional<T> one(const Node& node, std::string_view key, Parse& parse) {
    auto value = parse(node);
    if (value) return std::move(*value);
    complain_at(node, key, value.error().text);
    return std::nullopt;
  }

  void complain_missing(std::string_view key, std::string_view sentence);

  const Node& node_;
  std::string path_;
  Complaints& complaints_;
};

}  // namespace sluice::config
