// Where the program's own files are: relative to itself, so that a build tree runs as it is.
#pragma once

#include <filesystem>
#include <vector>

#include "gateway/cli/arguments.h"

namespace sluice::cli {

/// The program itself, symbolic links resolved.
std::filesystem::path program_path();

/// What was asked for, then ../lib/sluice/drivers beside the program.
std::vector<std::filesystem::path> driver_directories(const Places& places);

/// What was asked for, then /etc/sluice/mappings, then ../share/sluice/mappings beside the program.
std::vector<std::filesystem::path> mapping_directories(const Places& places);

}  // namespace sluice::cli
