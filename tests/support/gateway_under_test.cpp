#include "tests/support/gateway_under_test.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <stdexcept>
#include <utility>

namespace sluice::testing {
namespace {

// Sanitizers make it slow, and tests run beside each other.
constexpr std::chrono::seconds kStart{30};
constexpr std::string_view kListening = "listening on 127.0.0.1:";

std::string text_of(const cli::Lines& lines) { return fmt::format("{}", fmt::join(lines.all(), "\n")); }

}  // namespace

std::string program() { return SLUICE_PROGRAM; }

Outcome run_sluice(const std::vector<std::string>& arguments, std::chrono::seconds within) {
  std::vector<std::string> command{program()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const auto process = cli::ChildProcess::start(command).value();
  const auto until = monotonic_now() + within;
  const auto ending = process->wait_until(until);
  const auto never = [](const std::string&) { return false; };
  if (ending) {
    process->output().wait_for(never, until);  // until it is closed
    process->errors().wait_for(never, until);
  }
  Outcome outcome{std::nullopt, text_of(process->output()), text_of(process->errors())};
  if (ending && !ending->by_signal) outcome.exit_code = ending->code;
  return outcome;
}

GatewayUnderTest::GatewayUnderTest(const TempDir& folder, const std::string& site, std::vector<std::string> more)
    : site_(folder.file("site.yaml", site)), data_(folder.folder("data")), more_(std::move(more)) {}

void GatewayUnderTest::start() {
  std::vector<std::string> command{program(), "run", "-c", site_.string(), "--data", data_.string()};
  command.insert(command.end(), more_.begin(), more_.end());
  process_ = cli::ChildProcess::start(command).value();
  const auto line = process_->errors().wait_for(
      [](const std::string& text) { return text.find(kListening) != std::string::npos; }, monotonic_now() + kStart);
  if (!line || !logs("gateway: ready", kStart)) throw std::runtime_error("the gateway is not ready:\n" + log());
  port_ = static_cast<std::uint16_t>(std::stoi(line->substr(line->find(kListening) + kListening.size())));
}

bool GatewayUnderTest::logs(const std::string& text, std::chrono::seconds within) const {
  return process_->errors()
      .wait_for([&](const std::string& line) { return line.find(text) != std::string::npos; }, monotonic_now() + within)
      .has_value();
}

std::string GatewayUnderTest::log() const { return text_of(process_->errors()); }

std::optional<int> GatewayUnderTest::stop(std::chrono::seconds limit) {
  const auto ending = process_->stop(monotonic_now() + limit);
  if (!ending || ending->by_signal) return std::nullopt;
  return ending->code;
}

void GatewayUnderTest::kill() {
  process_->signal(SIGKILL);
  process_->wait_until(monotonic_now() + std::chrono::seconds(10));
}

}  // namespace sluice::testing
