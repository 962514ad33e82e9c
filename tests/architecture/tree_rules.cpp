#include "tests/architecture/tree_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>
#include <set>
#include <string_view>

namespace sluice::architecture {
namespace {

namespace fs = std::filesystem;

struct Include {
  std::string header;
  bool in_angle_brackets = false;
};

bool is_outside(const fs::path& path, const fs::path& root) {
  return path.filename().string().front() == '.' || path == root / "build";
}

/// Relative to the root, sorted.
std::vector<fs::path> files_of(const fs::path& root) {
  std::vector<fs::path> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    if (is_outside(*entry, root)) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      files.push_back(entry->path().lexically_relative(root));
    }
  }
  std::ranges::sort(files);
  return files;
}

bool is_source(const fs::path& file) {
  static const std::set<std::string> kEndings = {".h", ".hpp", ".c", ".cc", ".cpp"};
  return kEndings.contains(file.extension().string());
}

void each_line(const fs::path& file, const std::function<void(int, const std::string&)>& visit) {
  std::ifstream stream(file);
  int number = 0;
  for (std::string line; std::getline(stream, line);) visit(++number, line);
}

/// `text` without what is at its front; nothing when something else is there. Skips blanks first.
std::optional<std::string_view> behind(std::string_view text, std::string_view front) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  if (!text.starts_with(front)) return std::nullopt;
  return text.substr(front.size());
}

std::optional<Include> include_in(const std::string& line) {
  auto rest = behind(line, "#");
  if (rest) rest = behind(*rest, "include");
  if (!rest) return std::nullopt;
  const auto angle = behind(*rest, "<");
  const auto named = angle ? angle : behind(*rest, "\"");
  const auto end = named ? named->find_first_of(">\"") : std::string_view::npos;
  if (end == std::string_view::npos) return std::nullopt;
  return Include{std::string(named->substr(0, end)), angle.has_value()};
}

class IncludeRules {
 public:
  IncludeRules(const fs::path& root, const IncludeTable& table) : root_(root), table_(table) {}

  void check(const fs::path& file) {
    const Row* row = table_.row_of(file.parent_path().string());
    if (row == nullptr) {
      complain(file, 1, "the include table has no row for this folder");
      return;
    }
    each_line(root_ / file, [&](int number, const std::string& line) {
      const auto include = include_in(line);
      if (!include) return;
      const auto objection = include->in_angle_brackets ? objection_to_library(file, include->header)
                                                        : objection_to_own(file, *row, include->header);
      if (objection) complain(file, number, *objection);
    });
  }

  Complaints complaints() && { return std::move(complaints_); }

 private:
  void complain(const fs::path& file, int line, const std::string& text) {
    complaints_.push_back(fmt::format("{}:{}: {}", file.string(), line, text));
  }

  std::optional<std::string> objection_to_own(const fs::path& file, const Row& row, const std::string& header) const {
    if (matches_any(row.may_include, "./") && fs::exists(root_ / file.parent_path() / header)) return std::nullopt;
    if (!fs::exists(root_ / header)) return fmt::format("\"{}\" is no file, seen from the root of the tree", header);
    const auto folder = fs::path(header).parent_path();
    if (folder == file.parent_path() || matches_any(row.may_include, header) ||
        matches_any(row.may_include, folder.string())) {
      return std::nullopt;
    }
    return fmt::format("{} may not include \"{}\", only: {}", file.parent_path().string(), header,
                       fmt::join(row.may_include, " "));
  }

  std::optional<std::string> objection_to_library(const fs::path& file, const std::string& header) const {
    const bool is_of_the_language = header.find_first_of("./") == std::string::npos;
    if (is_of_the_language || matches_any(table_.platform, header)) return std::nullopt;
    const Door* door = table_.door_of(header);
    if (door == nullptr) return fmt::format("<{}> belongs to no library that the include table knows", header);
    if (matches_any(door->places, file.string()) || matches_any(door->places, file.parent_path().string())) {
      return std::nullopt;
    }
    return fmt::format("<{}> of {} may be included only in: {}", header, door->library, fmt::join(door->places, " "));
  }

  const fs::path& root_;
  const IncludeTable& table_;
  Complaints complaints_;
};

bool needs_readme(const fs::path& folder) { return folder.empty() || folder == "tests" || *folder.begin() != "tests"; }

}  // namespace

Complaints check_includes(const fs::path& root, const IncludeTable& table) {
  IncludeRules rules(root, table);
  for (const auto& file : files_of(root)) {
    if (is_source(file)) rules.check(file);
  }
  return std::move(rules).complaints();
}

Complaints check_readmes(const fs::path& root) {
  std::set<fs::path> folders;
  for (const auto& file : files_of(root)) folders.insert(file.parent_path());
  Complaints complaints;
  for (const auto& folder : folders) {
    if (needs_readme(folder) && !fs::exists(root / folder / "README.md")) {
      complaints.push_back(fmt::format("{}:1: is missing", (folder / "README.md").string()));
    }
  }
  return complaints;
}

Complaints check_absent(const fs::path& root, const std::vector<std::string>& words) {
  Complaints complaints;
  for (const auto& file : files_of(root)) {
    each_line(root / file, [&](int number, const std::string& line) {
      for (const auto& word : words) {
        if (line.find(word) == std::string::npos) continue;
        complaints.push_back(fmt::format("{}:{}: mentions {}", file.string(), number, word));
      }
    });
  }
  return complaints;
}

}  // namespace sluice::architecture
