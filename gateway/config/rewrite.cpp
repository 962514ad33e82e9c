#include "gateway/config/rewrite.h"

#include <fmt/format.h>

#include <charconv>

#include "gateway/base/topic.h"
#include "gateway/config/complaint.h"

namespace sluice::config {

namespace {

bool is_position(std::string_view digits) {
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool reads = code == std::errc{} && end == digits.data() + digits.size();
  return reads && number >= 1 && number <= topic::kMaxLevels;
}

// `topic:2` and `topic:2..`: one level, or that and all that follow.
bool names_levels(std::string_view placeholder) {
  constexpr std::string_view kPrefix = "topic:";
  if (!placeholder.starts_with(kPrefix)) return false;
  placeholder.remove_prefix(kPrefix.size());
  if (placeholder.ends_with("..")) placeholder.remove_suffix(2);
  return is_position(placeholder);
}

bool is_known(std::string_view placeholder) {
  return placeholder == "topic" || placeholder == "#" || names_levels(placeholder) || is_position(placeholder);
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
  if (as.find('+') != std::string_view::npos) return wrong("holds a wildcard; one topic is published to");
  return {};
}

}  // namespace sluice::config
