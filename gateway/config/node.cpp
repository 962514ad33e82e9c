#include "gateway/config/node.h"

#include <algorithm>

namespace sluice::config {

const Node* Node::find(std::string_view key) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [key](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

Node merged(const Node& under, const Node& over) {
  if (!under.is_map() || !over.is_map()) return over;
  Node result = over;
  result.entries.clear();
  for (const auto& entry : under.entries) {
    if (over.find(entry.key) == nullptr) result.entries.push_back(entry);
  }
  for (const auto& entry : over.entries) {
    const auto* below = under.find(entry.key);
    result.entries.push_back({entry.key, entry.place, below ? merged(*below, entry.value) : entry.value});
  }
  return result;
}

}  // namespace sluice::config
