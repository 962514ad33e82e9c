#include "gateway/config/complaint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <tuple>

namespace sluice::config {

namespace {

std::string print(const std::string& file, const Place& place, const std::string& key, const std::string& text) {
  std::string line = file;
  if (place.line > 0) line += fmt::format(":{}:{}", place.line, place.column);
  if (!key.empty()) line += ": " + key;
  return line + ": " + text;
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + differs});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above.back();
}

}  // namespace

void Complaints::add(const Place& place, std::string_view key, std::string_view text) {
  const auto file = file_number(place);
  if (!seen_.insert(fmt::format("{}:{}:{}:{}", file, place.line, place.column, text)).second) return;
  complaints_.push_back({file, place, std::string(key), std::string(text)});
}

std::size_t Complaints::file_number(const Place& place) {
  const std::string name = place.file ? *place.file : std::string{};
  const auto known = std::find(files_.begin(), files_.end(), name);
  if (known != files_.end()) return static_cast<std::size_t>(known - files_.begin());
  files_.push_back(name);
  return files_.size() - 1;
}

std::vector<std::string> Complaints::lines() const {
  auto sorted = complaints_;
  const auto order = [](const Complaint& c) { return std::tuple(c.file, c.place.line, c.place.column); };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Complaint& a, const Complaint& b) { return order(a) < order(b); });
  std::vector<std::string> lines;
  for (const auto& c : sorted) lines.push_back(print(files_[c.file], c.place, c.key, c.text));
  return lines;
}

Error Complaints::error() const {
  assert(!empty());
  return {fmt::format("{}", fmt::join(lines(), "\n")), ErrorKind::invalid};
}

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t kLongestWord = 64;
  if (word.size() > kLongestWord) return {};
  std::string_view nearest;
  std::size_t least = 1 + std::max<std::size_t>(1, word.size() / 3);
  for (const auto name : known) {
    const auto distance = edit_distance(word, name);
    if (distance >= least || distance >= name.size()) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace sluice::config
