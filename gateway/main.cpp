// The program: what was typed goes to the one sub-command that it names.

#include <type_traits>
#include <variant>

#include "gateway/cli/arguments.h"
#include "gateway/cli/check.h"
#include "gateway/cli/demo.h"
#include "gateway/cli/installation.h"
#include "gateway/cli/read.h"
#include "gateway/cli/simulate.h"
#include "gateway/cli/version.h"
#include "gateway/run.h"

namespace {

using namespace sluice;

int dispatch(const cli::Answered& answered) { return answered.exit_code; }
int dispatch(const cli::RunOptions& options) { return run_gateway(options); }
int dispatch(const cli::CheckOptions& options) { return cli::run_check(options); }
int dispatch(const cli::ReadOptions& options) { return cli::run_read(options); }
int dispatch(const cli::SimulateOptions& options) { return cli::run_simulate(options); }
int dispatch(const cli::DemoArguments& options) { return cli::run_demo({cli::program_path(), options.seconds}); }
int dispatch(const cli::VersionOptions& options) { return cli::run_version(options); }

}  // namespace

int main(int argc, char** argv) {
  return std::visit([](const auto& options) { return dispatch(options); }, cli::parse_arguments(argc, argv));
}
