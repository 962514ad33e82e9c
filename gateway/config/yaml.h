// The only door to yaml-cpp: a file becomes a tree, or complaints. Nothing is thrown.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>

#include "gateway/config/complaint.h"
#include "gateway/config/node.h"

namespace sluice::config {

inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 100'000;  // counted through aliases

/// Nothing on complaint. `name` is how the file is called in complaints.
std::optional<Node> parse_yaml(std::string_view text, std::string_view name, Complaints& complaints);

/// The same of a file, which is named as `path` is written.
std::optional<Node> read_yaml(const std::filesystem::path& path, Complaints& complaints);

}  // namespace sluice::config
