// Who gets what: all subscriptions of all sessions in one tree of topic levels. The cost of a
// match follows the levels of the topic, not the number of subscriptions. Pure; one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/base/message.h"
#include "gateway/base/topic.h"

namespace sluice::routing {

/// A number that the caller gave to whoever receives.
using Receiver = std::uint32_t;

struct SubscriptionOptions {
  QoS qos = QoS::at_most_once;
  bool no_local = false;
  bool retain_as_published = false;
  std::uint32_t id = 0;  // subscription identifier; 0: none
};

/// One copy for one receiver, however many of its filters match: with the highest QoS among them
/// and all their identifiers [MQTT-3.3.4-2, MQTT-3.3.4-3].
struct Match {
  Receiver receiver = 0;
  QoS qos = QoS::at_most_once;
  bool retain_as_published = false;
  std::vector<std::uint32_t> ids;
};

class Subscriptions {
 public:
  Subscriptions();
  ~Subscriptions();

  /// True when the receiver did not have this very filter; otherwise its options are replaced.
  /// The filter must be valid.
  bool add(Receiver receiver, std::string_view filter, const SubscriptionOptions& options);

  /// False when the receiver did not have this very filter.
  bool remove(Receiver receiver, std::string_view filter);

  /// Replaces `matches` by the receivers of `topic`, in ascending order. `publisher` gets nothing
  /// by its own No Local subscriptions.
  void match(std::string_view topic, std::optional<Receiver> publisher, std::vector<Match>& matches) const;

  std::size_t size() const { return size_; }

 private:
  struct Subscriber {
    Receiver receiver;
    SubscriptionOptions options;
  };
  using Subscribers = std::vector<Subscriber>;  // ascending by receiver

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  struct Node {
    std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> children;
    std::unique_ptr<Node> any;  // `+`
    Subscribers here;           // filters that end at this level
    Subscribers below;          // filters that go on with `#`

    bool empty() const { return children.empty() && !any && here.empty() && below.empty(); }
  };

  struct Walk;

  static Subscribers& place(Node& root, std::string_view filter);
  static bool take_out(Node& node, topic::Levels levels, Receiver receiver);

  std::unique_ptr<Node> root_;
  std::size_t size_ = 0;
};

}  // namespace sluice::routing
