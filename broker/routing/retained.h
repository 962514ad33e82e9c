// The last retained message of each topic, in memory, in a tree of topic levels. Pure; one owner.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/message.h"
#include "gateway/base/topic.h"

namespace sluice::routing {

struct RetainedLimits {
  std::size_t messages = 20'000;
  std::size_t bytes = 64u << 20;
};

class Retained {
 public:
  explicit Retained(RetainedLimits limits = {});
  ~Retained();

  /// Whether put would keep this message.
  bool has_room_for(const Message& message) const;

  /// Keeps the message in place of the former one of its topic; one with an empty payload only
  /// removes it [MQTT-3.3.1-6]. False when a limit does not allow it: nothing has changed then.
  bool put(const MessagePtr& message);

  /// What a new subscription to `filter` gets: the messages that have not expired, by topic.
  std::vector<MessagePtr> match(std::string_view filter, MonotonicTime now) const;

  /// Forgets what has expired.
  void expire(MonotonicTime now);

  std::size_t size() const { return count_; }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    MessagePtr message;
  };
  using Due = std::pair<MonotonicTime, const Message*>;
  struct Search;

  const Message* find(std::string_view topic) const;
  Node& place(std::string_view topic);
  void remove(std::string_view topic);
  static void cut(Node& node, topic::Levels levels);
  void count_in(const Message& message);
  void count_out(const Message& message);

  const RetainedLimits limits_;
  std::unique_ptr<Node> root_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  std::set<Due> due_;  // those that expire, soonest first
};

}  // namespace sluice::routing
