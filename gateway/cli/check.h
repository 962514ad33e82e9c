// `sluice check`: what is wrong with the files, or what they will do. Opens no port and no connection.
#pragma once

#include "gateway/cli/arguments.h"

namespace sluice::cli {

int run_check(const CheckOptions& options);

}  // namespace sluice::cli
