// The real program, `sluice run`, held by a test: its site file, its folder, its log. A part of the
// bench that does not come up throws, which ends the test.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/cli/child_process.h"
#include "tests/support/temp_dir.h"

namespace sluice::testing {

/// The path of `sluice`.
std::string program();

/// What a command of the program said before it ended.
struct Outcome {
  std::optional<int> exit_code;  // nothing: it was still running at the deadline, or a signal ended it
  std::string output;
  std::string errors;
};

/// `sluice ARGUMENTS…`, to its end.
Outcome run_sluice(const std::vector<std::string>& arguments, std::chrono::seconds within = std::chrono::seconds(20));

class GatewayUnderTest {
 public:
  /// Writes the site file and starts nothing yet. `more` are further arguments of `run`.
  GatewayUnderTest(const TempDir& folder, const std::string& site, std::vector<std::string> more = {});

  /// Returns when it says that it is ready.
  void start();

  /// The port of the first listener.
  std::uint16_t port() const { return port_; }
  cli::ChildProcess& process() { return *process_; }

  bool logs(const std::string& text, std::chrono::seconds within = std::chrono::seconds(10)) const;
  std::string log() const;

  /// SIGTERM; the exit code, nothing when it has not ended by itself within `limit`.
  std::optional<int> stop(std::chrono::seconds limit = std::chrono::seconds(5));

  /// SIGKILL, as the power would go.
  void kill();

  const std::filesystem::path& site() const { return site_; }
  const std::filesystem::path& data() const { return data_; }

 private:
  std::filesystem::path site_;
  std::filesystem::path data_;
  std::vector<std::string> more_;
  std::unique_ptr<cli::ChildProcess> process_;
  std::uint16_t port_ = 0;
};

}  // namespace sluice::testing
