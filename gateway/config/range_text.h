// Ranges in texts: `hall-{01..16}`, `{a,b,c}`. One device entry with ranges stands for many
// devices; all its ranges run in step. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/config/complaint.h"
#include "gateway/config/node.h"

namespace sluice::config {

inline constexpr std::size_t kMostRangeValues = 1000;

/// How many values the ranges in `text` have; 0 without a range. Refused: ranges of different
/// lengths in one text, and more than kMostRangeValues. Braces that hold neither `..` nor a comma
/// are placeholders and left alone.
Result<std::size_t> range_length(std::string_view text);

/// `text` with value number `index` in place of each range. `{01..16}` keeps its width.
std::string range_value(std::string_view text, std::size_t index);

/// Whether all ranges in the texts of `node` have `length` values; complains about those that do
/// not.
bool ranges_fit(const Node& node, std::size_t length, std::string_view path, Complaints& complaints);

/// `node` with value number `index` in all its texts.
Node range_value(const Node& node, std::size_t index);

}  // namespace sluice::config
