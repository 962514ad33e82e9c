#include "gateway/cli/version.h"

#include <iostream>

namespace sluice::cli {

int run_version(const VersionOptions& options) {
  if (options.json) {
    std::cout << R"({"sluice":")" SLUICE_VERSION R"(","build":")" SLUICE_BUILD R"("})" << '\n';
  } else {
    std::cout << "sluice " SLUICE_VERSION " (" SLUICE_BUILD ")\n";
  }
  return kDone;
}

}  // namespace sluice::cli
