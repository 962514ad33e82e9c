#include "gateway/cli/simulate.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/cli/ad_hoc.h"
#include "gateway/cli/complain.h"
#include "gateway/cli/installation.h"
#include "gateway/cli/loaded_site.h"
#include "gateway/cli/moving_value.h"
#include "gateway/cli/pseudo_terminal.h"
#include "gateway/mapping/resolve.h"
#include "gateway/poll/twin.h"

namespace sluice::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kValuesEvery = 200ms;

struct Wanted {
  std::string mapping;
  int unit = 1;
};

// MAPPING or MAPPING:UNIT.
std::optional<Wanted> parse_wanted(const std::string& text) {
  const auto colon = text.rfind(':');
  Wanted wanted{text.substr(0, colon)};
  if (colon == std::string::npos) return wanted;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, wanted.unit);
  if (parsed.ec != std::errc{} || parsed.ptr != end || wanted.unit < 0 || wanted.unit > 247) return std::nullopt;
  return wanted;
}

// A site that has nothing but the devices that are to be acted out.
Result<config::Site> site_of(const SimulateOptions& options) {
  const config::Place place{std::make_shared<std::string>("simulate")};
  config::Site site;
  site.gateway = "simulation";
  config::Bus bus;
  bus.name = "simulation";
  bus.driver = "modbus";
  bus.settings = modbus_bus(options.listen, options.port.empty() ? options.pty.string() : options.port, options.serial);
  for (const auto& text : options.devices) {
    const auto wanted = parse_wanted(text);
    if (!wanted) return Error{text + ": a unit is a number from 0 to 247, as in eastron-sdm630:1", ErrorKind::invalid};
    config::Device device;
    device.name = fmt::format("device-{}", bus.devices.size() + 1);
    device.path = text;
    device.place = device.mapping_place = place;
    device.mapping = wanted->mapping;
    device.settings = {integer_setting("unit", wanted->unit)};
    bus.devices.push_back(std::move(device));
  }
  site.buses.push_back(std::move(bus));
  return site;
}

class Simulation {
 public:
  Simulation(mapping::BusPlan plan, Twin twin) : plan_(std::move(plan)), twin_(std::move(twin)) {}

  Result<void> add_devices() {
    for (const auto& device : polling_of(plan_).devices) {
      auto added = twin_.add_device(device);
      if (!added) return added.error();
    }
    return {};
  }

  /// Answers masters until `wake_fd` becomes readable.
  Result<void> serve(int wake_fd) {
    const auto started = monotonic_now();
    while (!is_readable(wake_fd)) {
      if (auto moved = move_values(monotonic_now() - started); !moved) return moved.error();
      if (auto served = twin_.serve(wake_fd, kValuesEvery); !served) return served.error();
      report_writes();
    }
    return {};
  }

 private:
  static bool is_readable(int fd) {
    pollfd waiting{fd, POLLIN, 0};
    return poll(&waiting, 1, 0) > 0;
  }

  // What masters may write is a set point, which no device changes by itself: it gets a value once.
  Result<void> move_values(Duration running) {
    for (std::uint32_t d = 0; d < plan_.devices.size(); ++d) {
      const auto& points = plan_.devices[d].points;
      for (std::uint32_t p = 0; p < points.size(); ++p) {
        if (points[p].meaning.access.write && has_set_points_) continue;
        if (auto set = twin_.set(d, {p, moving_value(points[p], d, running), {}}); !set) return set.error();
      }
    }
    has_set_points_ = true;
    return {};
  }

  void report_writes() {
    while (const auto written = twin_.next_written()) {
      const auto& device = plan_.devices[written->device];
      std::cout << fmt::format("written: {} {} = {}", device.name, device.points[written->reading.point].name,
                               to_text(written->reading.value))
                << std::endl;
    }
  }

  mapping::BusPlan plan_;
  Twin twin_;
  bool has_set_points_ = false;
};

// Readable once the simulation is to end.
int open_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

Result<void> simulate(const mapping::BusPlan& plan, const DriverModule& driver, int port_fd) {
  auto twin = Twin::create(driver, plan.settings, port_fd);
  if (!twin) return twin.error();
  Simulation simulation(plan, *std::move(twin));
  if (auto added = simulation.add_devices(); !added) return added.error();
  const int end = open_end_signals();
  std::cout << "simulating " << plan.devices.size() << " devices" << std::endl;
  auto served = simulation.serve(end);
  close(end);
  return served;
}

}  // namespace

int run_simulate(const SimulateOptions& options) {
  const auto drivers = load_drivers(driver_directories(options.places));
  const auto driver = drivers.loaded.find("modbus");
  if (driver == drivers.loaded.end()) return complain(Error{"the driver modbus is not there", ErrorKind::invalid});
  const auto site = site_of(options);
  if (!site) return complain(site.error());

  config::Complaints complaints;
  const auto plan = mapping::resolve(*site, drivers.catalog(), mapping_directories(options.places), complaints);
  if (!complaints.empty()) return complain(complaints);

  std::optional<PseudoTerminal> terminal;
  if (!options.pty.empty()) {
    auto created = PseudoTerminal::create(options.pty);
    if (!created) return complain(created.error());
    terminal.emplace(*std::move(created));
  }
  const auto served = simulate(plan.buses.front(), driver->second, terminal ? terminal->master() : -1);
  return served ? kDone : complain(served.error());
}

}  // namespace sluice::cli
