#include "gateway/cli/mosquitto.h"

#include <fmt/format.h>

#include <fstream>
#include <utility>

namespace sluice::cli {
namespace {

// Not in PATH for everybody.
constexpr auto kProgram = "/usr/sbin/mosquitto";

// It would otherwise become the user `mosquitto` when root starts it, who cannot write here; and it
// would keep no more than 1000 messages for a session that is away.
constexpr auto kConfiguration =
    "listener {} 127.0.0.1\n"
    "allow_anonymous true\n"
    "user root\n"
    "persistence true\n"
    "persistence_location {}/\n"
    "max_queued_messages 0\n"
    "set_tcp_nodelay true\n"
    "log_dest stderr\n";

bool says_that_it_runs(const std::string& line) {
  return line.find("mosquitto version") != std::string::npos && line.ends_with("running");
}

}  // namespace

Mosquitto::Mosquitto(std::filesystem::path folder, std::uint16_t port) : folder_(std::move(folder)), port_(port) {
  std::ofstream(folder_ / "mosquitto.conf") << fmt::format(kConfiguration, port_, folder_.string());
}

Result<void> Mosquitto::start() {
  auto process = ChildProcess::start({kProgram, "-c", (folder_ / "mosquitto.conf").string()});
  if (!process) return process.error();
  process_ = std::move(*process);
  if (process_->errors().wait_for(says_that_it_runs, monotonic_now() + std::chrono::seconds(10))) return {};
  const auto lines = process_->errors().all();
  process_.reset();
  return Error{fmt::format("{} does not run on port {}: {}", kProgram, port_,
                           lines.empty() ? "is the package mosquitto installed?" : lines.back())};
}

bool Mosquitto::stop(MonotonicTime until) {
  if (!process_ || !process_->stop(until)) return !process_;
  process_.reset();
  return true;
}

std::vector<std::string> subscriber_command(std::uint16_t port, const std::string& client_id, const std::string& filter,
                                            const std::string& format) {
  // Into a pipe it would write blocks, not lines.
  return {"stdbuf",
          "-oL",
          "mosquitto_sub",
          "-d",
          "-V",
          "5",
          "-h",
          "127.0.0.1",
          "-p",
          std::to_string(port),
          "-i",
          client_id,
          "-c",
          "-x",
          "3600",
          "-q",
          "1",
          "-t",
          filter,
          "-F",
          format};
}

}  // namespace sluice::cli
