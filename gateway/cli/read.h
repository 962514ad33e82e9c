// `sluice read`: one device, or some registers of a unit, once.
#pragma once

#include "gateway/cli/arguments.h"

namespace sluice::cli {

int run_read(const ReadOptions& options);

}  // namespace sluice::cli
