// The one door to the edge broker. Device data enters here by the same way as any client's PUBLISH;
// the broker knows nothing of devices, and a gateway without devices is a plain MQTT broker.
//
// Threads: one for all sockets, sessions and routing; one for the store; one per upstream.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/access/rights.h"
#include "broker/net/transport.h"
#include "broker/upstream/upstream.h"
#include "gateway/base/message.h"
#include "gateway/base/result.h"

namespace sluice {

struct ListenAddress {
  std::string host;        // address to bind; empty is every one
  std::uint16_t port = 0;  // 0: any free one, to be asked for with Broker::ports
  Transport transport{};
};

struct BrokerSettings {
  std::string gateway;  // name of this gateway: appears in $SYS and in messages sent upstream
  std::vector<ListenAddress> listen;
  Anonymous anonymous = Anonymous::loopback;
  std::filesystem::path passwords;  // empty: no user can log in
  std::vector<Rights> rights;       // empty: everybody may do everything
  std::filesystem::path directory;  // of the store
  std::vector<upstream::Settings> upstreams;
  std::vector<std::string> never_upstream;  // filters: command topics stay here
};

struct UpstreamFigures {
  std::string name;
  upstream::Status link;
  store::StreamFigures buffer;
};

struct BrokerFigures {
  MonotonicTime pulse{};  // when the broker thread was last seen at work; several times a second
  std::uint64_t clients = 0;
  std::uint64_t sessions = 0;
  std::uint64_t subscriptions = 0;
  std::uint64_t retained = 0;
  std::uint64_t received = 0;   // PUBLISH packets from clients
  std::uint64_t sent = 0;       // PUBLISH packets to clients
  std::uint64_t dropped = 0;    // messages not delivered to a client because of its limits
  std::uint64_t refused = 0;    // device messages not taken because the broker was overloaded
  std::string storage_trouble;  // empty while storage works
  std::vector<UpstreamFigures> upstreams;
};

class Broker {
 public:
  /// Binds the listeners, opens the store, reads the password file; nothing is accepted yet.
  static Result<std::unique_ptr<Broker>> open(BrokerSettings settings);

  virtual ~Broker() = default;

  /// Before start. `receive` is called on the broker thread for every message that matches and was
  /// allowed; it must not block. Retained messages are not delivered here.
  virtual void subscribe(std::string filter, std::function<void(const MessagePtr&)> receive) = 0;

  /// From here on clients are served and upstreams connect.
  virtual void start() = 0;

  /// Any thread, never blocks. False when the broker is overloaded and the message was not taken;
  /// counted.
  virtual bool publish(Message message) = 0;

  /// Whether the sender of a message may publish to `topic` himself. Never an upstream: what comes
  /// from there goes where its rules say. Any thread.
  virtual bool may_publish(const Origin& sender, std::string_view topic) const = 0;

  /// The port of each listener, in the order of the settings.
  virtual std::vector<std::uint16_t> ports() const = 0;

  /// Any thread.
  virtual BrokerFigures figures() const = 0;

  /// Closes the listeners, says goodbye to the clients, commits what was accepted, ends the
  /// upstreams. False when that was not done by `until`.
  [[nodiscard]] virtual bool stop(MonotonicTime until) = 0;
};

}  // namespace sluice
