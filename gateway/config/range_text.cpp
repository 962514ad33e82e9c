#include "gateway/config/range_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace sluice::config {

namespace {

/// One `{...}` in a text, with the places of its braces.
struct Range {
  std::size_t begin;
  std::size_t end;  // behind the closing brace
  std::string_view inside;
};

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::uint32_t to_number(std::string_view digits) {
  std::uint32_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

/// `01..16`; nothing when `inside` is no such thing.
std::optional<std::pair<std::string_view, std::string_view>> ends_of(std::string_view inside) {
  const auto dots = inside.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto first = inside.substr(0, dots);
  const auto last = inside.substr(dots + 2);
  if (!is_number(first) || !is_number(last)) return std::nullopt;
  return std::pair(first, last);
}

bool is_range(std::string_view inside) {
  return ends_of(inside).has_value() || inside.find(',') != std::string_view::npos;
}

std::vector<Range> ranges_in(std::string_view text) {
  std::vector<Range> ranges;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const auto close = text.find_first_of("{}", open + 1);
    if (close == std::string_view::npos) break;
    const auto inside = text.substr(open + 1, close - open - 1);
    if (text[close] == '}' && is_range(inside)) ranges.push_back({open, close + 1, inside});
  }
  return ranges;
}

std::size_t length_of(std::string_view inside) {
  if (const auto ends = ends_of(inside)) {
    const auto first = to_number(ends->first);
    const auto last = to_number(ends->second);
    return last >= first ? last - first + 1 : first - last + 1;
  }
  return 1 + static_cast<std::size_t>(std::count(inside.begin(), inside.end(), ','));
}

std::string listed(std::string_view inside, std::size_t index) {
  for (; index > 0; --index) inside.remove_prefix(inside.find(',') + 1);
  auto value = inside.substr(0, inside.find(','));
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  return std::string(value);
}

std::string value_of(std::string_view inside, std::size_t index) {
  const auto ends = ends_of(inside);
  if (!ends) return listed(inside, index);
  const auto first = to_number(ends->first);
  const auto step = static_cast<std::uint32_t>(index);
  const auto number = to_number(ends->second) >= first ? first + step : first - step;
  const auto width = ends->first.starts_with('0') ? ends->first.size() : 0;
  return fmt::format("{:0{}}", number, width);
}

}  // namespace

Result<std::size_t> range_length(std::string_view text) {
  std::size_t length = 0;
  for (const auto& range : ranges_in(text)) {
    const auto here = length_of(range.inside);
    if (here > kMostRangeValues) {
      return wrong(fmt::format("the range has {} values, {} at most", here, kMostRangeValues));
    }
    if (length != 0 && here != length) {
      return wrong(fmt::format("ranges run in step, but one has {} values and another {}", length, here));
    }
    length = here;
  }
  return length;
}

std::string range_value(std::string_view text, std::size_t index) {
  std::string result;
  std::size_t copied = 0;
  for (const auto& range : ranges_in(text)) {
    result += text.substr(copied, range.begin - copied);
    result += value_of(range.inside, index);
    copied = range.end;
  }
  return result += text.substr(copied);
}

bool ranges_fit(const Node& node, std::size_t length, std::string_view path, Complaints& complaints) {
  bool fit = true;
  for (const auto& item : node.items) fit = ranges_fit(item, length, path, complaints) && fit;
  for (const auto& entry : node.entries) {
    fit = ranges_fit(entry.value, length, fmt::format("{}.{}", path, entry.key), complaints) && fit;
  }
  const auto here = node.is_scalar() ? range_length(node.text) : Result<std::size_t>(std::size_t{0});
  if (!here) {
    complaints.add(node.place, path, here.error().text);
    return false;
  }
  if (*here == 0 || *here == length) return fit;
  complaints.add(node.place, path,
                 length == 0 ? "a range here needs one of the same length in the device's name"
                             : fmt::format("the range has {} values, the one in the device's name {}", *here, length));
  return false;
}

Node range_value(const Node& node, std::size_t index) {
  Node result = node;
  for (auto& item : result.items) item = range_value(item, index);
  for (auto& entry : result.entries) entry.value = range_value(entry.value, index);
  if (!node.is_scalar() || ranges_in(node.text).empty()) return result;
  result.text = range_value(node.text, index);
  result.quoted = false;  // the quotes were there for the braces
  return result;
}

}  // namespace sluice::config
