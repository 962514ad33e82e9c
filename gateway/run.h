// `sluice run`: the gateway from its start to the signal that ends it.
#pragma once

#include "gateway/cli/arguments.h"

namespace sluice {

/// Answers the exit code. Blocks SIGTERM, SIGINT and SIGHUP for the process and waits for them.
int run_gateway(const cli::RunOptions& options);

}  // namespace sluice
