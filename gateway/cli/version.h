// `sluice version`.
#pragma once

#include "gateway/cli/arguments.h"

namespace sluice::cli {

int run_version(const VersionOptions& options);

}  // namespace sluice::cli
