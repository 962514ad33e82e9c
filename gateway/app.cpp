#include "gateway/app.h"

#include <chrono>
#include <utility>
#include <variant>

#include "gateway/base/log.h"
#include "gateway/broker_settings.h"
#include "gateway/status/status_message.h"

namespace sluice {

namespace {

// Much longer than any pause of a healthy broker, much shorter than the service manager's patience.
constexpr std::chrono::seconds kPulseWithin{10};

}  // namespace

Result<std::unique_ptr<App>> App::build(const cli::LoadedSite& loaded, const std::filesystem::path& data) {
  std::unique_ptr<mapping::Commands> commands;
  if (loaded.site.commands) commands = std::make_unique<mapping::Commands>(loaded.plan, *loaded.site.commands);

  auto settings = broker_settings(loaded.site, data);
  if (commands) settings.never_upstream = commands->filters();
  auto broker = Broker::open(std::move(settings));
  if (!broker) return broker.error();

  std::unique_ptr<App> app(new App(*std::move(broker)));
  app->gateway_ = loaded.site.gateway;
  app->commands_ = std::move(commands);
  if (auto added = app->add_lines(loaded); !added) return added.error();
  app->serve_commands();
  app->say_listening(loaded.site.broker);
  return app;
}

Result<void> App::add_lines(const cli::LoadedSite& loaded) {
  for (const auto& bus : loaded.plan.buses) {
    const auto& module = loaded.drivers.loaded.find(bus.driver)->second;
    auto line = Line::create(bus, loaded.site.publish, module, *broker_);
    if (!line) return Error{"bus " + bus.name + ": " + line.error().text, ErrorKind::invalid};
    lines_.push_back(*std::move(line));
  }
  return {};
}

void App::serve_commands() {
  if (!commands_) return;
  for (const auto& filter : commands_->filters()) {
    broker_->subscribe(filter, [this](const MessagePtr& message) { take_command(*message); });
  }
}

void App::take_command(const Message& message) {
  // Nobody gets the gateway to publish where he may not do so himself.
  const bool may_choose = broker_->may_publish(message.origin, message.properties.response_topic);
  const auto answer_at = may_choose ? mapping::AnswerAt::response_topic : mapping::AnswerAt::result_topic;
  auto taken = commands_->receive(message, answer_at, monotonic_now(), wall_now());
  if (!taken) return;
  if (auto* refusal = std::get_if<Message>(&*taken)) {
    broker_->publish(std::move(*refusal));
    return;
  }
  const auto& command = std::get<mapping::Command>(*taken);
  lines_[command.bus]->execute(command);
}

void App::say_listening(const config::BrokerSection& section) const {
  const auto ports = broker_->ports();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    log::info("broker", "listening on {}:{}", section.listen[i].host, ports[i]);
  }
}

void App::start() {
  broker_->start();
  broker_->publish(status::make_status(gateway_ + "/status", true, ""));
  for (const auto& line : lines_) line->start();
}

bool App::is_alive() const { return monotonic_now() - broker_->figures().pulse < kPulseWithin; }

bool App::stop(MonotonicTime until) {
  // All at once: one after the other, each would cost what is left of its exchange.
  for (const auto& line : lines_) line->ask_to_stop();
  bool in_time = true;
  for (const auto& line : lines_) in_time = line->stop(until) && in_time;
  broker_->publish(status::make_status(gateway_ + "/status", false, "stopped"));
  return broker_->stop(until) && in_time;
}

}  // namespace sluice
