#include "broker/upstream/paho_remote.h"

#include <fmt/format.h>
#include <mqtt/async_client.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <utility>

#include "broker/upstream/probe.h"
#include "gateway/base/log.h"

namespace sluice::upstream {

namespace {

constexpr std::chrono::seconds kConnectWithin{10};
constexpr std::chrono::seconds kSubscribeWithin{10};
constexpr std::chrono::milliseconds kGoodbyeWithin{1000};

// The window bounds what is in flight. Paho's own bound lies far above it, since at its bound Paho
// queues, and is slower by a factor (measured).
constexpr int kPahoInflight = 1000;

// A flap of the link loses no command, an outage leaves no stale one behind.
constexpr std::int32_t kSessionExpirySeconds = 30;

// Nobody subscribes to this here: the answer to an UNSUBSCRIBE is a sign of life for which no
// topic has to be allowed, and which no subscriber ever sees.
constexpr const char* kHeartbeatFilter = "sluice/heartbeat";

constexpr int kFirstRefusal = 0x80;

std::string describe(int return_code, int reason_code) {
  // Paho hands out the reason code of a CONNACK as its return code.
  const int reason = return_code >= kFirstRefusal ? return_code : reason_code;
  if (reason >= kFirstRefusal) {
    return fmt::format("the broker said \"{}\" (0x{:02x})", mqtt::exception::reason_code_str(reason), reason);
  }
  return mqtt::exception::error_str(return_code);
}

mqtt::message_ptr to_paho(const Message& message) {
  auto made = mqtt::make_message(message.topic, message.payload, static_cast<int>(message.qos), message.retain);
  using Property = mqtt::property;
  const auto& from = message.properties;
  mqtt::properties to;
  if (from.payload_is_utf8) to.add(Property(Property::PAYLOAD_FORMAT_INDICATOR, 1));
  if (from.expiry_seconds) {
    to.add(Property(Property::MESSAGE_EXPIRY_INTERVAL, static_cast<std::int32_t>(*from.expiry_seconds)));
  }
  if (!from.content_type.empty()) to.add(Property(Property::CONTENT_TYPE, from.content_type));
  if (!from.response_topic.empty()) to.add(Property(Property::RESPONSE_TOPIC, from.response_topic));
  if (from.correlation_data) to.add(Property(Property::CORRELATION_DATA, *from.correlation_data));
  for (const auto& [name, value] : from.user) to.add(Property(Property::USER_PROPERTY, name, value));
  made->set_properties(std::move(to));
  return made;
}

template <class T>
std::optional<T> find(const mqtt::properties& properties, mqtt::property::code code) {
  if (!properties.contains(code)) return std::nullopt;
  return mqtt::get<T>(properties, code);
}

MessageProperties from_paho(const mqtt::properties& from) {
  using Property = mqtt::property;
  MessageProperties to;
  to.payload_is_utf8 = find<std::uint8_t>(from, Property::PAYLOAD_FORMAT_INDICATOR).value_or(0) == 1;
  to.expiry_seconds = find<std::uint32_t>(from, Property::MESSAGE_EXPIRY_INTERVAL);
  to.content_type = find<std::string>(from, Property::CONTENT_TYPE).value_or("");
  to.response_topic = find<std::string>(from, Property::RESPONSE_TOPIC).value_or("");
  to.correlation_data = find<std::string>(from, Property::CORRELATION_DATA);
  for (std::size_t n = 0; n < from.count(Property::USER_PROPERTY); ++n) {
    auto [name, value] = mqtt::get<mqtt::string_pair>(from, Property::USER_PROPERTY, n);
    to.user.emplace_back(std::move(name), std::move(value));
  }
  return to;
}

Message from_paho(const mqtt::message& from) {
  Message to;
  to.topic = from.get_topic();
  to.payload = from.get_payload_str();
  to.qos = static_cast<QoS>(from.get_qos());
  to.retain = from.is_retained();
  to.properties = from_paho(from.get_properties());
  to.received = monotonic_now();
  return to;
}

/// Gives every answer that Paho has for a token to one of two functions, on Paho's thread.
class Listener final : public mqtt::iaction_listener {
 public:
  using Answer = std::function<void(const mqtt::token&)>;
  Listener(Answer success, Answer failure) : success_(std::move(success)), failure_(std::move(failure)) {}
  void on_success(const mqtt::token& token) override { success_(token); }
  void on_failure(const mqtt::token& token) override { failure_(token); }

 private:
  const Answer success_;
  const Answer failure_;
};

void* as_context(Token token) { return reinterpret_cast<void*>(static_cast<std::uintptr_t>(token)); }
Token as_token(void* context) { return reinterpret_cast<std::uintptr_t>(context); }

/// One connection and all that Paho calls back while it lasts. The callbacks do nothing but put an
/// event into the channel: Paho holds its process-wide lock around most of them.
class Connection {
 public:
  Connection(ConnectionId id, const Settings& settings, std::shared_ptr<Events> events,
             std::shared_ptr<Downlink> downlink)
      : id_(id),
        events_(std::move(events)),
        downlink_(std::move(downlink)),
        client_(address(settings), settings.client_id, mqtt::create_options(MQTTVERSION_5), nullptr) {
    client_.set_connection_lost_handler([this](const std::string&) { post_lost("the connection was cut"); });
    client_.set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode reason) {
      post_lost("the connection was ended: " + describe(0, reason));
    });
    client_.set_message_callback([this](const mqtt::const_message_ptr& message) { post_message(*message); });
  }

  mqtt::async_client& client() { return client_; }

  /// Known by the callbacks; asking Paho would wait for its process-wide lock.
  bool is_lost() const { return lost_; }

  Listener& connect_listener() { return connect_listener_; }
  Listener& publish_listener() { return publish_listener_; }
  Listener& heartbeat_listener() { return heartbeat_listener_; }

 private:
  static std::string address(const Settings& settings) {
    const bool ipv6 = settings.host.find(':') != std::string::npos;
    return ipv6 ? fmt::format("tcp://[{}]:{}", settings.host, settings.port)
                : fmt::format("tcp://{}:{}", settings.host, settings.port);
  }

  // The channel has room for every answer that can be under way; one that were lost is missed by
  // the acknowledgement timer.
  void post(Event event) { (void)events_->push(std::move(event)); }
  void post_lost(std::string cause) {
    lost_ = true;
    post(Disconnected{id_, std::move(cause)});
  }

  // Nothing may be thrown into a library written in C.
  void post_connected(const mqtt::token& token) {
    Connected connected{id_};
    try {
      const auto response = token.get_connect_response();
      const auto most = find<std::uint16_t>(response.get_properties(), mqtt::property::RECEIVE_MAXIMUM);
      connected.receive_maximum = most.value_or(connected.receive_maximum);
    } catch (const std::exception& failed) {
      return post_lost(failed.what());
    }
    post(connected);
  }

  void post_message(const mqtt::message& message) {
    if (!downlink_->messages.push(from_paho(message))) ++downlink_->dropped;
  }

  // Paho fails the token for a PUBACK of 0x80 or above, with its reason, and also for every message
  // that was open when a connection ended, without one: those are still ours.
  void post_refused(const mqtt::token& token) {
    if (token.get_reason_code() < kFirstRefusal) return;
    post(Acknowledged{as_token(token.get_user_context()), static_cast<std::uint8_t>(token.get_reason_code())});
  }

  void post_acknowledged(const mqtt::token& token) {
    post(Acknowledged{as_token(token.get_user_context()), static_cast<std::uint8_t>(token.get_reason_code())});
  }

  const ConnectionId id_;
  const std::shared_ptr<Events> events_;
  const std::shared_ptr<Downlink> downlink_;
  std::atomic<bool> lost_{false};
  // Paho keeps raw pointers to the listeners, so the client ends first.
  Listener connect_listener_{
      [this](const mqtt::token& token) { post_connected(token); },
      [this](const mqtt::token& token) { post_lost(describe(token.get_return_code(), token.get_reason_code())); }};
  Listener publish_listener_{[this](const mqtt::token& token) { post_acknowledged(token); },
                             [this](const mqtt::token& token) { post_refused(token); }};
  // A refused UNSUBSCRIBE is a sign of life, too.
  Listener heartbeat_listener_{[this](const mqtt::token& token) {
                                 post(Acknowledged{as_token(token.get_user_context()), 0});
                               },
                               [this](const mqtt::token& token) { post_refused(token); }};
  mqtt::async_client client_;
};

// Paho would take a proxy from the environment even for a broker on this machine, and writes into
// closed sockets.
void prepare_process() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const char* name : {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"}) ::unsetenv(name);
    std::signal(SIGPIPE, SIG_IGN);
  });
}

class PahoRemote final : public Remote {
 public:
  PahoRemote(const Settings& settings, ReceiveRules rules, std::shared_ptr<Events> events,
             std::shared_ptr<Downlink> downlink, const std::atomic<bool>& stop)
      : settings_(settings),
        rules_(std::move(rules)),
        events_(std::move(events)),
        downlink_(std::move(downlink)),
        stop_(stop) {
    prepare_process();
  }

  void connect(ConnectionId id) override {
    connection_.reset();
    auto begun = probe(settings_.host, settings_.port, monotonic_now() + kConnectWithin, stop_);
    if (begun) begun = guarded([&] { begin(id); });
    if (!begun) (void)events_->push(Disconnected{id, begun.error().text});
  }

  Result<void> subscribe() override {
    for (const auto& subscription : rules_.subscriptions()) {
      if (auto done = guarded([&] { subscribe_to(subscription); }); !done) {
        return Error{fmt::format("no subscription to {}: {}", subscription.filter, done.error().text)};
      }
    }
    return {};
  }

  // Paho does not give back the memory of what it is handed after a loss that it has noticed. The
  // event that tells of the loss and its cause is under way.
  Result<void> publish(Token token, const Message& message) override {
    if (connection_->is_lost()) return {};
    return guarded(
        [&] { connection_->client().publish(to_paho(message), as_context(token), connection_->publish_listener()); });
  }

  Result<void> heartbeat(Token token) override {
    return guarded([&] {
      connection_->client().unsubscribe(kHeartbeatFilter, as_context(token), connection_->heartbeat_listener());
    });
  }

  void abandon() override { connection_.reset(); }

  void disconnect() override {
    if (!connection_) return;
    (void)guarded([&] {
      mqtt::disconnect_options options;
      options.set_timeout(kGoodbyeWithin);
      connection_->client().disconnect(options)->wait_for(kGoodbyeWithin);
    });
    connection_.reset();
  }

 private:
  // Exceptions of the library end here.
  template <class Action>
  Result<void> guarded(Action action) {
    try {
      action();
      return {};
    } catch (const mqtt::exception& failed) {
      return Error{describe(failed.get_return_code(), failed.get_reason_code())};
    } catch (const std::exception& failed) {
      return Error{failed.what()};
    }
  }

  void begin(ConnectionId id) {
    connection_ = std::make_unique<Connection>(id, settings_, events_, downlink_);
    // Copied by Paho, and only a copy keeps the properties: the options must not be moved.
    const auto options = connect_options();
    connection_->client().connect(options, nullptr, connection_->connect_listener());
  }

  mqtt::connect_options connect_options() const {
    const bool only_sends = rules_.subscriptions().empty();
    mqtt::connect_options options;
    options.set_mqtt_version(MQTTVERSION_5);
    options.set_clean_start(only_sends);
    options.set_keep_alive_interval(settings_.keep_alive);
    options.set_connect_timeout(kConnectWithin);
    options.set_max_inflight(kPahoInflight);
    options.set_automatic_reconnect(false);
    if (!settings_.user_name.empty()) options.set_user_name(settings_.user_name);
    if (!settings_.password.empty()) options.set_password(settings_.password.reveal());
    if (!only_sends) {
      options.set_properties({mqtt::property(mqtt::property::SESSION_EXPIRY_INTERVAL, kSessionExpirySeconds)});
    }
    return options;
  }

  void subscribe_to(const ReceiveRules::Subscription& subscription) {
    // Retained messages once per session: a flap does not repeat them.
    const mqtt::subscribe_options options(mqtt::subscribe_options::SUBSCRIBE_NO_LOCAL,
                                          mqtt::subscribe_options::RETAIN_AS_PUBLISHED,
                                          mqtt::subscribe_options::SEND_RETAINED_ON_NEW);
    const auto token =
        connection_->client().subscribe(subscription.filter, static_cast<int>(subscription.qos), options);
    if (!token->wait_for(kSubscribeWithin)) throw mqtt::exception(MQTTASYNC_FAILURE, "the broker did not answer");
  }

  const Settings settings_;
  const ReceiveRules rules_;
  const std::shared_ptr<Events> events_;
  const std::shared_ptr<Downlink> downlink_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Remote> make_paho_remote(const Settings& settings, ReceiveRules rules, std::shared_ptr<Events> events,
                                         std::shared_ptr<Downlink> downlink, const std::atomic<bool>& stop) {
  return std::make_unique<PahoRemote>(settings, std::move(rules), std::move(events), std::move(downlink), stop);
}

}  // namespace sluice::upstream
