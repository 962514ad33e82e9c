#include "gateway/run.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "gateway/app.h"
#include "gateway/base/log.h"
#include "gateway/cli/complain.h"
#include "gateway/notify.h"

namespace sluice {

namespace {

using namespace std::chrono_literals;

constexpr auto kStopWithin = 5s;

sigset_t awaited_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// Whoever reads our output may go away before us, and so may any peer.
void prepare_signals(const sigset_t& awaited) {
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

int wait_for_end(const sigset_t& awaited) {
  while (true) {
    int signal = 0;
    sigwait(&awaited, &signal);
    if (signal != SIGHUP) return signal;
    log::warning("gateway", "reloading is not in this version: restart to make changed files count");
  }
}

// Joining a thread that hangs would hang us, too; what was accepted is already on disk.
[[noreturn]] void end_at_once() {
  log::error("gateway", "a part did not stop within {} s, ending without it", kStopWithin.count());
  log::stop();
  _exit(cli::kFailed);
}

int serve(const cli::LoadedSite& loaded, const cli::RunOptions& options, const sigset_t& awaited) {
  auto app = App::build(loaded, options.places.data);
  if (!app) {
    log::error("gateway", "{}", app.error().text);
    return cli::exit_code(app.error().kind);
  }
  (*app)->start();
  log::info("gateway", "ready");
  notify_ready();

  const int signal = wait_for_end(awaited);
  notify_stopping();
  log::info("gateway", "stopping after {}", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  if (!(*app)->stop(monotonic_now() + kStopWithin)) end_at_once();
  log::info("gateway", "stopped");
  return cli::kDone;
}

}  // namespace

int run_gateway(const cli::RunOptions& options) {
  const auto awaited = awaited_signals();
  prepare_signals(awaited);

  config::Complaints complaints;
  const auto loaded = cli::load_site(options.places, complaints);
  if (!complaints.empty()) return cli::complain(complaints);

  log::start(options.log_level, std::getenv("JOURNAL_STREAM") != nullptr);
  const int exit_code = serve(loaded, options, awaited);
  log::stop();
  return exit_code;
}

}  // namespace sluice
