#include "tests/architecture/include_table.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <sstream>

namespace sluice::architecture {
namespace {

bool matches(const std::string& pattern, std::string_view text) {
  return fnmatch(pattern.c_str(), std::string(text).c_str(), 0) == 0;
}

Patterns words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns;
  std::istringstream stream(line + ":");
  for (std::string column; std::getline(stream, column, ':');) columns.push_back(trimmed(column));
  return columns;
}

bool add_line(IncludeTable& table, const std::string& section, const std::string& line) {
  const auto columns = columns_of(line);
  if (section == "[folders]" && columns.size() == 2) {
    table.rows.push_back({columns[0], words_of(columns[1])});
  } else if (section == "[doors]" && columns.size() == 3) {
    table.doors.push_back({columns[0], words_of(columns[1]), words_of(columns[2])});
  } else if (section == "[platform]" && columns.size() == 1) {
    for (auto& header : words_of(line)) table.platform.push_back(std::move(header));
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool matches_any(const Patterns& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches(pattern, text); });
}

const Row* IncludeTable::row_of(std::string_view folder) const {
  auto found = std::ranges::find(rows, folder, &Row::folder);
  if (found == rows.end()) {
    found = std::ranges::find_if(rows, [&](const Row& row) { return matches(row.folder, folder); });
  }
  return found == rows.end() ? nullptr : &*found;
}

const Door* IncludeTable::door_of(std::string_view header) const {
  const auto found = std::ranges::find_if(doors, [&](const Door& door) { return matches_any(door.headers, header); });
  return found == doors.end() ? nullptr : &*found;
}

Result<IncludeTable> read_include_table(std::istream& text) {
  IncludeTable table;
  std::string section;
  int number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    if (line.front() == '[') {
      section = line;
    } else if (!add_line(table, section, line)) {
      return Error{fmt::format("line {}: not a line of section {}", number, section), ErrorKind::invalid};
    }
  }
  return table;
}

}  // namespace sluice::architecture
