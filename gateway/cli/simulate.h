// `sluice simulate`: the devices of mapping files on a port, with values that move.
#pragma once

#include "gateway/cli/arguments.h"

namespace sluice::cli {

/// Serves until SIGTERM or SIGINT.
int run_simulate(const SimulateOptions& options);

}  // namespace sluice::cli
