// Acts out one scenario folder: its files are loaded, its readings and commands translated, and
// everything that comes out is written down.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/config/load_site.h"

namespace sluice::scenario {

using Lines = std::vector<std::string>;

struct Outcome {
  Lines complaints;
  Lines plan;      // what is polled how often
  Lines messages;  // and writes; empty unless the files are right
};

/// `folder` holds site.yaml, its mapping files, and script.txt: one event a line.
Outcome act_out(const std::filesystem::path& folder, const config::DriverCatalog& drivers,
                const std::filesystem::path& shipped_mappings);

Lines read_lines(const std::filesystem::path& file);

}  // namespace sluice::scenario
