#include "gateway/cli/check.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "gateway/cli/complain.h"
#include "gateway/cli/loaded_site.h"
#include "gateway/poll/bus_forecast.h"

namespace sluice::cli {

namespace {

// A bus this full has no room left for commands and retries.
constexpr double kFullPercent = 100;

double milliseconds_of(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

Duration cost_of(const Plan& plan) {
  Duration sum{};
  for (const auto& exchange : plan) sum += exchange->cost;
  return sum;
}

void print_device(const DeviceForecast& device) {
  std::cout << fmt::format("  {}: {} exchanges in {:.0f} ms, load {:.1f} %, bus at {:.1f} % while it is silent\n",
                           device.name, device.full_read.size(), milliseconds_of(cost_of(device.full_read)),
                           device.load_percent, device.load_percent_if_dead);
  for (const auto& point : device.unreadable) {
    std::cout << fmt::format("    {}: cannot be read under this device's rules\n", point);
  }
}

void print_bus(const BusForecast& bus) {
  std::cout << fmt::format("bus {}: load {:.1f} %, a command waits {:.0f} ms at most\n", bus.name, bus.load_percent,
                           milliseconds_of(bus.longest_exchange));
  if (bus.load_percent > kFullPercent) {
    std::cout << "  warning: it cannot keep its periods; it will run flat out and be late\n";
  }
  for (const auto& device : bus.devices) print_device(device);
}

void print_point(const std::string& device, const mapping::PointPlan& point, bool has_commands) {
  const auto commands = has_commands && point.meaning.access.write ? ", takes commands" : "";
  if (point.meaning.access.read) {
    std::cout << fmt::format("  {} every {} ms{}\n", point.topic, milliseconds_of(point.every), commands);
  } else {
    std::cout << fmt::format("  none for {} of {}, which is only written{}\n", point.name, device, commands);
  }
}

void print_topics(const mapping::Plan& plan, bool has_commands) {
  std::cout << "topics\n";
  for (const auto& bus : plan.buses) {
    for (const auto& device : bus.devices) {
      for (const auto& point : device.points) print_point(device.name, point, has_commands);
    }
  }
}

void print_upstreams(const config::Site& site) {
  for (const auto& upstream : site.upstreams) {
    std::cout << fmt::format("upstream {}: {}:{} as {}\n", upstream.name, upstream.host, upstream.port,
                             upstream.client_id);
  }
}

}  // namespace

int run_check(const CheckOptions& options) {
  config::Complaints complaints;
  const auto loaded = load_site(options.places, complaints);
  if (!complaints.empty()) return complain(complaints);

  for (const auto& bus : loaded.plan.buses) {
    const auto predicted = forecast(polling_of(bus), loaded.drivers.loaded.find(bus.driver)->second);
    if (!predicted) {
      complaints.add(bus.place, bus.name, predicted.error().text);
      continue;
    }
    print_bus(*predicted);
  }
  if (!complaints.empty()) return complain(complaints);
  print_upstreams(loaded.site);
  print_topics(loaded.plan, loaded.site.commands.has_value());
  return kDone;
}

}  // namespace sluice::cli
