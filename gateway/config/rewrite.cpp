#include "gateway/config/rewrite.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

#include "gateway/base/topic.h"
#include "gateway/config/complaint.h"

namespace sluice::config {

namespace {

using Levels = std::vector<std::string_view>;

Levels levels_of(std::string_view text) {
  Levels levels;
  for (topic::Levels rest(text); !rest.done();) levels.push_back(rest.next());
  return levels;
}

std::string joined(const Levels& levels) { return fmt::format("{}", fmt::join(levels, "/")); }

std::optional<std::size_t> position(std::string_view digits) {
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool reads = code == std::errc{} && end == digits.data() + digits.size();
  return reads && number >= 1 && number <= topic::kMaxLevels ? std::optional(number) : std::nullopt;
}

/// `{topic:2}` and `{topic:2..}`: level `first` of a filter, alone or with all that follow.
struct LevelsFrom {
  std::size_t first;
  bool to_end;
};

std::optional<LevelsFrom> parse_levels(std::string_view placeholder) {
  constexpr std::string_view kPrefix = "topic:";
  if (!placeholder.starts_with(kPrefix)) return std::nullopt;
  placeholder.remove_prefix(kPrefix.size());
  const bool to_end = placeholder.ends_with("..");
  if (to_end) placeholder.remove_suffix(2);
  const auto first = position(placeholder);
  return first ? std::optional(LevelsFrom{*first, to_end}) : std::nullopt;
}

bool is_known(std::string_view placeholder) {
  return placeholder == "topic" || placeholder == "#" || parse_levels(placeholder) || position(placeholder);
}

/// The levels of `filter` from `first` on. Behind its `#` any number of levels may follow.
std::string tail(const Levels& filter, std::size_t first) {
  if (!filter.empty() && filter.back() == "#" && first >= filter.size()) return "#";
  if (first > filter.size()) return "#";
  return joined({filter.begin() + static_cast<std::ptrdiff_t>(first - 1), filter.end()});
}

std::string image_of(std::string_view placeholder, std::string_view filter) {
  const auto levels = levels_of(filter);
  if (placeholder == "topic") return std::string(filter);
  if (placeholder == "#") return "#";
  const auto from = parse_levels(placeholder);
  if (!from) return "+";
  if (from->to_end) return tail(levels, from->first);
  const bool is_fixed = from->first <= levels.size() && levels[from->first - 1] != "#";
  return is_fixed ? std::string(levels[from->first - 1]) : "+";
}

/// A level into which a wildcard was put beside other text can be anything; behind a `#` anything
/// can follow.
std::string normalised(const std::string& image) {
  std::string filter;
  for (const auto level : levels_of(image)) {
    if (!filter.empty()) filter += '/';
    if (level == "#") return filter + "#";
    filter += level.find_first_of("+#") == std::string_view::npos ? level : "+";
  }
  return filter;
}

bool meet(const Levels& a, std::size_t i, const Levels& b, std::size_t j) {
  const bool a_any = i < a.size() && a[i] == "#";
  const bool b_any = j < b.size() && b[j] == "#";
  if (a_any || b_any) return true;
  if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
  if (a[i] != b[j] && a[i] != "+" && b[j] != "+") return false;
  return meet(a, i + 1, b, j + 1);
}

}  // namespace

Result<void> check_rewrite(std::string_view as) {
  if (as.empty()) return wrong("is empty");
  for (std::size_t at = as.find('{'); at != std::string_view::npos; at = as.find('{', at + 1)) {
    if (as.substr(at, 2) == "{{") {
      ++at;
      continue;
    }
    const auto close = as.find('}', at);
    if (close == std::string_view::npos) return wrong("a brace is opened and not closed");
    const auto placeholder = as.substr(at + 1, close - at - 1);
    if (!is_known(placeholder)) {
      return wrong(fmt::format(
          "`{{{}}}` is no placeholder here; there are {{topic}} {{topic:2}} {{topic:2..}} {{1}} {{#}}", placeholder));
    }
    at = close;
  }
  if (as.find_first_of("+") != std::string_view::npos) return wrong("holds a wildcard; one topic is published to");
  return {};
}

std::string rewritten_filter(std::string_view as, std::string_view filter) {
  std::string image;
  for (std::size_t at = 0; at < as.size(); ++at) {
    const auto close = as.find('}', at);
    if (as[at] != '{' || as.substr(at, 2) == "{{" || close == std::string_view::npos) {
      if (as[at] == '{') ++at;
      image += as[at];
      continue;
    }
    image += image_of(as.substr(at + 1, close - at - 1), filter);
    at = close;
  }
  return normalised(image);
}

bool filters_meet(std::string_view a, std::string_view b) { return meet(levels_of(a), 0, levels_of(b), 0); }

bool filter_covers(std::string_view outer, std::string_view inner) {
  const auto wide = levels_of(outer);
  const auto narrow = levels_of(inner);
  for (std::size_t i = 0; i < wide.size(); ++i) {
    if (wide[i] == "#") return true;
    if (i == narrow.size()) return false;
    if (narrow[i] == "#") return false;
    if (wide[i] != "+" && wide[i] != narrow[i]) return false;
  }
  return narrow.size() == wide.size();
}

}  // namespace sluice::config
