// How sub-commands end when something is wrong.
#pragma once

#include "gateway/base/result.h"
#include "gateway/config/complaint.h"

namespace sluice::cli {

int exit_code(ErrorKind kind);

/// Prints every complaint to standard error, one per line, then how many there are; answers the exit
/// code.
int complain(const config::Complaints& complaints);

/// Prints one error to standard error; answers its exit code.
int complain(const Error& error);

}  // namespace sluice::cli
