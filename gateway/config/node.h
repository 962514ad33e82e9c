// What a YAML file says, as a tree that knows its places. No type is guessed: a scalar is a text,
// and whoever needs a number reads one from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/complaint.h"

namespace sluice::config {

struct Entry;

struct Node {
  enum class Kind : std::uint8_t { empty, scalar, list, map };

  Kind kind = Kind::empty;
  bool quoted = false;  // a scalar in quotes or a block: always meant as a text
  std::string text;     // of a scalar
  Place place;
  std::vector<Node> items;     // of a list
  std::vector<Entry> entries;  // of a map, in the order of the file; no key twice

  bool is_empty() const { return kind == Kind::empty; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }

  /// The value under `key`; nullptr when this is no map or has no such key.
  const Node* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place place;  // of the key
  Node value;
};

/// `over` laid over `under`: maps merge key by key, everything else replaces.
Node merged(const Node& under, const Node& over);

}  // namespace sluice::config
