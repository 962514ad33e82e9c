// The include table as data: which folder may include what of ours, and which file may include
// what of a library. Pure.
#pragma once

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace sluice::architecture {

/// Patterns in which `*` stands for anything, slashes included.
using Patterns = std::vector<std::string>;

struct Row {
  std::string folder;  // or a pattern for folders
  Patterns may_include;
};

struct Door {
  std::string library;
  Patterns headers;
  Patterns places;  // files or folders
};

struct IncludeTable {
  std::vector<Row> rows;
  std::vector<Door> doors;
  Patterns platform;

  /// Null when the table does not know this folder.
  const Row* row_of(std::string_view folder) const;
  /// Null when no library has such a header.
  const Door* door_of(std::string_view header) const;
};

Result<IncludeTable> read_include_table(std::istream& text);

bool matches_any(const Patterns& patterns, std::string_view text);

}  // namespace sluice::architecture
