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

// The next of the awaited signals, or 0 when `patience` is over.
int next_signal(const sigset_t& awaited, std::chrono::microseconds patience) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timespec timeout{seconds.count(), std::chrono::nanoseconds(patience - seconds).count()};
  const int signal = sigtimedwait(&awaited, nullptr, &timeout);
  return signal < 0 ? 0 : signal;
}

// Feeds the watchdog while the gateway is alive; a gateway that is not is restarted from outside.
int wait_for_end(const App& app, const sigset_t& awaited) {
  const auto period = watchdog_period();
  while (true) {
    const int signal = next_signal(awaited, period ? *period / 3 : std::chrono::microseconds(1h));
    if (signal == SIGTERM || signal == SIGINT) return signal;
    if (signal == SIGHUP)
      log::warning("gateway", "reloading is not in this version: restart to make changed files count");
    if (!period) continue;
    if (app.is_alive()) {
      notify_alive();
    } else {
      log::error("gateway", "the broker stands still; the watchdog is not fed");
    }
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

  const int signal = wait_for_end(**app, awaited);
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
