#include "gateway/cli/demo_bench.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <utility>

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr auto kLastTopic = "demo/receipt";
constexpr std::string_view kListening = "listening on 127.0.0.1:";

constexpr auto kSite = R"(gateway: demo
buses:
  line-a:
    driver: modbus
    transport: rtu
    port: {port}
    serial: 19200-8N1
    devices:
      "meter-{{1..3}}": {{ unit: "{{1..3}}", mapping: eastron-sdm630, every: 500ms,
                         only: [ voltage_l1, power_total, energy_import ] }}
publish:
  topic: "{{gateway}}/{{device}}/{{point}}"
  payload: json
  qos: 1
  retain: true
broker:
  listen: [ "mqtt://127.0.0.1:0" ]
upstreams:
  cloud:
    url: mqtt://127.0.0.1:{cloud}
    send: [ {{ topics: "demo/#" }} ]
)";

bool is_free(std::uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return bound;
}

/// For a broker that comes back on it, so not one that the kernel gives to outgoing connections.
std::uint16_t pick_port() {
  std::random_device random;
  std::uniform_int_distribution<std::uint16_t> ports(20000, 32000);
  for (;;) {
    if (const auto port = ports(random); is_free(port)) return port;
  }
}

fs::path make_folder(const fs::path& folder) {
  fs::create_directories(folder);
  return folder;
}

std::string last_line(const ChildProcess& process) {
  const auto lines = process.errors().all();
  return lines.empty() ? "it said nothing" : lines.back();
}

/// The first line that holds `text`.
std::optional<std::string> wait_for_line(const Lines& lines, std::string_view text) {
  return lines.wait_for([&](const std::string& line) { return line.find(text) != std::string::npos; },
                        monotonic_now() + seconds(15));
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "sluice-demo-XXXXXX").string();
  if (mkdtemp(name.data()) != nullptr) path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

DemoBench::DemoBench(fs::path program) : program_(std::move(program)) {}

Result<void> DemoBench::start() {
  if (folder_.path().empty()) return Error{"no folder can be made in " + fs::temp_directory_path().string()};
  mosquitto_.emplace(make_folder(folder_.path() / "cloud"), pick_port());
  if (auto cloud = start_cloud(); !cloud) return cloud;
  auto subscriber = subscribe(mosquitto_->port(), "demo-cloud");
  if (!subscriber) return subscriber.error();
  cloud_ = *std::move(subscriber);
  if (auto meters = start_meters(); !meters) return meters;
  if (auto gateway = start_gateway(); !gateway) return gateway;
  subscriber = subscribe(edge_port_, "demo-edge");
  if (!subscriber) return subscriber.error();
  edge_ = *std::move(subscriber);
  return {};
}

Result<void> DemoBench::start_cloud() { return mosquitto_->start(); }

Result<void> DemoBench::stop_cloud() {
  if (mosquitto_->stop(monotonic_now() + seconds(10))) return {};
  return Error{"the cloud's broker does not end"};
}

Result<void> DemoBench::start_meters() {
  const auto port = (folder_.path() / "line-a").string();
  auto process = ChildProcess::start({program_.string(), "simulate", "eastron-sdm630:1", "eastron-sdm630:2",
                                      "eastron-sdm630:3", "--pty", port, "--serial", "19200-8N1"});
  if (!process) return process.error();
  meters_ = *std::move(process);
  if (wait_for_line(meters_->output(), "simulating")) return {};
  return Error{"the simulated meters do not start: " + last_line(*meters_)};
}

std::string DemoBench::site() const {
  return fmt::format(kSite, fmt::arg("port", (folder_.path() / "line-a").string()),
                     fmt::arg("cloud", mosquitto_->port()));
}

Result<void> DemoBench::start_gateway() {
  const auto file = folder_.path() / "site.yaml";
  std::ofstream(file) << site();
  auto process = ChildProcess::start(
      {program_.string(), "run", "-c", file.string(), "--data", make_folder(folder_.path() / "data").string()});
  if (!process) return process.error();
  gateway_ = *std::move(process);
  const auto listening = wait_for_line(gateway_->errors(), kListening);
  if (!listening || !wait_for_line(gateway_->errors(), "gateway: ready")) {
    return Error{"the gateway does not start: " + last_line(*gateway_)};
  }
  const auto port = listening->substr(listening->find(kListening) + kListening.size());
  edge_port_ = static_cast<std::uint16_t>(std::atoi(port.c_str()));
  return {};
}

Result<std::unique_ptr<ChildProcess>> DemoBench::subscribe(std::uint16_t port, const std::string& client_id) const {
  auto command = subscriber_command(port, client_id, "demo/#", kDeliveryFormat);
  command.emplace_back("-R");  // what it gets again as retained when it connects again is no duplicate
  auto process = ChildProcess::start(command);
  if (!process) return process.error();
  if (wait_for_line((*process)->output(), "Subscribed")) return process;
  return Error{"mosquitto_sub cannot subscribe: " + last_line(**process)};
}

std::vector<Delivery> DemoBench::deliveries_of(const ChildProcess& subscriber) {
  std::vector<Delivery> deliveries;
  for (const auto& line : subscriber.output().all()) {
    if (auto delivery = parse_delivery(line)) deliveries.push_back(*std::move(delivery));
    if (!deliveries.empty() && deliveries.back().topic == kLastTopic) break;
  }
  return deliveries;
}

bool DemoBench::publish_last() {
  auto publisher = ChildProcess::start({"mosquitto_pub", "-V", "5", "-h", "127.0.0.1", "-p", std::to_string(edge_port_),
                                        "-q", "1", "-t", kLastTopic, "-m", "last"});
  return publisher && (*publisher)->wait_until(monotonic_now() + seconds(10)) == Ending{false, 0};
}

bool DemoBench::is_complete() const {
  const auto has_last = [](const std::vector<Delivery>& deliveries) {
    return !deliveries.empty() && deliveries.back().topic == kLastTopic;
  };
  return has_last(edge()) && has_last(cloud());
}

}  // namespace sluice::cli
