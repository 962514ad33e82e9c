// JSON of strangers, read strictly, and texts written so that they are JSON. The only door to
// nlohmann-json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/result.h"

namespace sluice::json {

struct Node;
struct Member;
using List = std::vector<Node>;
using Object = std::vector<Member>;  // in the order of the text; no name twice

/// Null is monostate. Whole numbers stay whole at 64 bits; a natural number that fits both types is
/// signed.
struct Node {
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, List, Object> is;
};

struct Member {
  std::string name;
  Node value;
};

/// Strict: refused are text behind the value, a name twice in one object, numbers that a 64-bit
/// type or a double cannot hold, invalid UTF-8, and nesting deeper than `max_depth` (a bare value
/// has depth 0).
Result<Node> parse(std::string_view text, std::size_t max_depth = 16);

/// Appends `text`, which is UTF-8, in quotes and with what JSON wants escaped.
void append_quoted(std::string& out, std::string_view text);

}  // namespace sluice::json
