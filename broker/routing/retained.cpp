#include "broker/routing/retained.h"

namespace sluice::routing {

namespace {

MonotonicTime end_of(const Message& message) {
  return message.received + std::chrono::seconds(*message.properties.expiry_seconds);
}

}  // namespace

// Wildcards in the first level do not see names that begin with `$` [MQTT-4.7.2-1].
struct Retained::Search {
  MonotonicTime now;
  std::vector<MessagePtr>& found;

  void take(const Node& node) {
    if (node.message && !has_expired(*node.message, now)) found.push_back(node.message);
  }

  void take_all(const Node& node, bool root) {
    take(node);
    for (const auto& [level, child] : node.children) {
      if (!root || !level.starts_with('$')) take_all(*child, false);
    }
  }

  void go_on(const Node& node, topic::Levels rest) { rest.done() ? take(node) : visit(node, rest, false); }

  void visit(const Node& node, topic::Levels rest, bool root) {
    const auto level = rest.next();
    if (level == "#") return take_all(node, root);
    if (level == "+") {
      for (const auto& [name, child] : node.children) {
        if (!root || !name.starts_with('$')) go_on(*child, rest);
      }
      return;
    }
    const auto child = node.children.find(level);
    if (child != node.children.end()) go_on(*child->second, rest);
  }
};

Retained::Retained(RetainedLimits limits) : limits_(limits), root_(std::make_unique<Node>()) {}
Retained::~Retained() = default;

const Message* Retained::find(std::string_view topic) const {
  const Node* node = root_.get();
  for (topic::Levels levels(topic); !levels.done();) {
    const auto child = node->children.find(levels.next());
    if (child == node->children.end()) return nullptr;
    node = child->second.get();
  }
  return node->message.get();
}

bool Retained::has_room_for(const Message& message) const {
  if (message.payload.empty()) return true;
  const auto* former = find(message.topic);
  const auto others = bytes_ - (former ? size_of(*former) : 0);
  return others + size_of(message) <= limits_.bytes && (former || count_ < limits_.messages);
}

bool Retained::put(const MessagePtr& message) {
  if (!has_room_for(*message)) return false;
  if (message->payload.empty()) {
    remove(message->topic);
    return true;
  }
  auto& kept = place(message->topic).message;
  if (kept) count_out(*kept);
  kept = message;
  count_in(*kept);
  return true;
}

void Retained::count_in(const Message& message) {
  ++count_;
  bytes_ += size_of(message);
  if (message.properties.expiry_seconds) due_.emplace(end_of(message), &message);
}

void Retained::count_out(const Message& message) {
  --count_;
  bytes_ -= size_of(message);
  if (message.properties.expiry_seconds) due_.erase({end_of(message), &message});
}

Retained::Node& Retained::place(std::string_view topic) {
  Node* node = root_.get();
  for (topic::Levels levels(topic); !levels.done();) {
    const auto level = levels.next();
    auto child = node->children.find(level);
    if (child == node->children.end()) {
      child = node->children.emplace(std::string(level), std::make_unique<Node>()).first;
    }
    node = child->second.get();
  }
  return *node;
}

void Retained::remove(std::string_view topic) {
  const auto* message = find(topic);
  if (!message) return;
  count_out(*message);
  cut(*root_, topic::Levels(topic));
}

// Removes the message at the end of `levels` and the branches that are empty without it.
void Retained::cut(Node& node, topic::Levels levels) {
  if (levels.done()) {
    node.message.reset();
    return;
  }
  const auto child = node.children.find(levels.next());
  cut(*child->second, levels);
  if (!child->second->message && child->second->children.empty()) node.children.erase(child);
}

std::vector<MessagePtr> Retained::match(std::string_view filter, MonotonicTime now) const {
  std::vector<MessagePtr> found;
  Search{now, found}.visit(*root_, topic::Levels(filter), true);
  return found;
}

void Retained::expire(MonotonicTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto topic = due_.begin()->second->topic;  // a copy: the message goes with its place
    remove(topic);
  }
}

}  // namespace sluice::routing
