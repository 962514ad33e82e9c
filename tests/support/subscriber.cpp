#include "tests/support/subscriber.h"

#include <ctime>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "gateway/cli/mosquitto.h"

namespace sluice::testing {
namespace {

using nlohmann::json;

bool is_message(const std::string& line) { return line.starts_with('{'); }

/// Of 2026-11-20T19:49:21.828147Z+0000, which is UTC.
std::chrono::system_clock::time_point parse_time(const std::string& text) {
  std::tm calendar{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &calendar);
  if (rest == nullptr || *rest != '.') return {};
  return std::chrono::system_clock::from_time_t(timegm(&calendar)) + std::chrono::microseconds(std::atol(rest + 1));
}

Received parse(const std::string& line) {
  const auto message = json::parse(line);
  Received received;
  received.topic = message.at("topic");
  received.payload = message.value("payload", "");
  received.qos = message.at("qos");
  received.retain = message.at("retain") != 0;
  received.time = parse_time(message.at("tst"));
  const auto properties = message.value("properties", json::object());
  received.correlation_data = properties.value("correlation-data", "");
  const auto user = properties.value("user-properties", json::object());
  for (const auto& [name, value] : user.items()) received.user[name] = value;
  return received;
}

}  // namespace

Subscriber::Subscriber(std::uint16_t port, const std::string& client_id, const std::string& filter)
    : process_(cli::ChildProcess::start(cli::subscriber_command(port, client_id, filter, "%j")).value()) {
  const auto subscribed =
      process_->output().wait_for([](const std::string& line) { return line.starts_with("Subscribed"); },
                                  monotonic_now() + std::chrono::seconds(10));
  if (!subscribed) throw std::runtime_error("no subscription to " + filter + " on port " + std::to_string(port));
}

std::vector<Received> Subscriber::all() const {
  std::vector<Received> messages;
  for (const auto& line : process_->output().all()) {
    if (is_message(line)) messages.push_back(parse(line));
  }
  return messages;
}

std::optional<Received> Subscriber::wait_for(const IsWanted& is_wanted, std::chrono::seconds within) const {
  const auto line = process_->output().wait_for(
      [&](const std::string& text) { return is_message(text) && is_wanted(parse(text)); }, monotonic_now() + within);
  if (!line) return std::nullopt;
  return parse(*line);
}

IsWanted on_topic(const std::string& topic) {
  return [topic](const Received& received) { return received.topic == topic; };
}

}  // namespace sluice::testing
