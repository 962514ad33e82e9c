#include "gateway/base/topic.h"

#include <algorithm>

namespace sluice::topic {

bool is_valid_name(std::string_view name) {
  using namespace std::string_view_literals;
  return !name.empty() && name.find_first_of("+#\0"sv) == std::string_view::npos;
}

bool is_valid_filter(std::string_view filter) {
  if (filter.empty() || filter.find('\0') != std::string_view::npos) return false;
  for (Levels levels(filter); !levels.done();) {
    const auto level = levels.next();
    if (level == "#") return levels.done();
    if (level != "+" && level.find_first_of("+#") != std::string_view::npos) return false;
  }
  return true;
}

bool matches(std::string_view filter, std::string_view name) {
  if (name.starts_with('$') && (filter.starts_with('+') || filter.starts_with('#'))) return false;
  Levels wanted(filter);
  Levels given(name);
  while (!wanted.done()) {
    const auto level = wanted.next();
    if (level == "#") return true;
    if (given.done()) return false;
    if (level != given.next() && level != "+") return false;
    if (given.done() && !wanted.done() && wanted.rest() == "#") return true;
  }
  return given.done();
}

std::size_t level_count(std::string_view text) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '/'));
}

bool is_within_limits(std::string_view text) { return text.size() <= kMaxBytes && level_count(text) <= kMaxLevels; }

}  // namespace sluice::topic
