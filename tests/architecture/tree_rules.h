// The house rules that a program can see, as functions over a source tree. Each answers with its
// complaints, `file:line: what is wrong`, in the order of the files' names; empty is well.
//
// Hidden files and folders and `build` at the root are not part of the tree.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/architecture/include_table.h"

namespace sluice::architecture {

using Complaints = std::vector<std::string>;

/// Includes that the table does not allow, or that name no file, and folders that it does not know.
Complaints check_includes(const std::filesystem::path& root, const IncludeTable& table);

/// Folders outside tests/ that hold files, and tests/ itself, need a README.md.
Complaints check_readmes(const std::filesystem::path& root);

/// Lines of text files that contain one of `words`.
Complaints check_absent(const std::filesystem::path& root, const std::vector<std::string>& words);

}  // namespace sluice::architecture
