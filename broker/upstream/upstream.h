// One cloud broker: empties its stream of the store into it, and brings what it sends back. Each
// upstream has a thread of its own, because a client library may block.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/store/store.h"
#include "gateway/base/message.h"
#include "gateway/base/result.h"
#include "gateway/base/secret.h"

namespace sluice::upstream {

/// Which local messages go upstream, and how; the first rule that matches counts.
struct SendRule {
  std::vector<std::string> topics;  // filters
  std::vector<std::string> except;  // filters
  std::string as = "{topic}";       // template
  std::optional<QoS> qos;           // else the message's own, at least 1
  std::optional<bool> retain;       // else the message's own
  bool unconfirmed = false;         // QoS 0 is wanted, and its losses
};

/// Which messages of the cloud are published locally, and as what.
struct ReceiveRule {
  std::vector<std::string> topics;  // filters, subscribed to at the cloud
  std::string as = "{topic}";
  QoS qos = QoS::at_least_once;
};

struct Settings {
  std::string name;
  std::string gateway;  // goes with each message, beside its stream, epoch and sequence
  std::string host;
  std::uint16_t port = 1883;
  std::string client_id;
  std::string user_name;  // empty: none
  Secret password;
  std::vector<SendRule> send;
  std::vector<ReceiveRule> receive;
  std::size_t window = 64;  // W, messages without an acknowledgement
  std::chrono::seconds keep_alive{30};
  std::chrono::seconds heartbeat{15};
  std::chrono::seconds acknowledge_within{10};  // T_ack
  std::chrono::milliseconds backoff_first{1000};
  std::chrono::milliseconds backoff_most{60000};
};

enum class LinkState : std::uint8_t { connecting, connected, waiting };

struct Status {
  LinkState state = LinkState::connecting;
  std::string cause;  // of the last failure, one sentence
  WallTime since;
  std::uint64_t connects = 0;
  std::uint64_t sent = 0;          // PUBLISH packets, replays included
  std::uint64_t acknowledged = 0;  // with a reason below 0x80
  std::uint64_t refused = 0;       // acknowledged with 0x80 or above
  std::uint64_t received = 0;
};

class Upstream {
 public:
  /// Starts the thread; connecting begins at once and never ends in an error. `received` is called
  /// on the upstream's thread with messages of the cloud, their topic already rewritten.
  static std::unique_ptr<Upstream> start(Settings settings, store::Store& store, store::StreamId stream,
                                         std::function<void(Message)> received);

  virtual ~Upstream() = default;

  /// Any thread, cheap: there are new rows in the store.
  virtual void wake() = 0;

  virtual Status status() const = 0;

  /// Says DISCONNECT and ends. False when the thread has not ended by `until`.
  [[nodiscard]] virtual bool stop(MonotonicTime until) = 0;
};

}  // namespace sluice::upstream
