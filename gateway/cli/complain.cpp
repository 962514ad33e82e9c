#include "gateway/cli/complain.h"

#include <iostream>

#include "gateway/cli/arguments.h"

namespace sluice::cli {

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::failed: return kFailed;
    case ErrorKind::invalid: return kInvalid;
    case ErrorKind::in_use: return kInUse;
  }
  return kFailed;
}

int complain(const config::Complaints& complaints) {
  for (const auto& line : complaints.lines()) std::cerr << line << '\n';
  std::cerr << complaints.count() << (complaints.count() == 1 ? " mistake\n" : " mistakes\n");
  return kInvalid;
}

int complain(const Error& error) {
  std::cerr << "sluice: " << error.text << '\n';
  return exit_code(error.kind);
}

}  // namespace sluice::cli
