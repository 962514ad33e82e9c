#include "broker/routing/subscriptions.h"

#include <algorithm>

namespace sluice::routing {

struct Subscriptions::Walk {
  std::optional<Receiver> publisher;
  std::vector<Match>& matches;
  bool several = false;  // nodes contributed, so that a receiver may be there twice

  void collect(const Subscribers& subscribers) {
    several = several || (!matches.empty() && !subscribers.empty());
    for (const auto& [receiver, options] : subscribers) {
      if (options.no_local && publisher == receiver) continue;  // [MQTT-3.8.3-3]
      auto& match = matches.emplace_back();
      match.receiver = receiver;
      match.qos = options.qos;
      match.retain_as_published = options.retain_as_published;
      if (options.id != 0) match.ids.push_back(options.id);
    }
  }

  // `wildcards` is false at the root for names that begin with `$` [MQTT-4.7.2-1].
  void visit(const Node& node, topic::Levels rest, bool wildcards) {
    if (wildcards) collect(node.below);
    if (rest.done()) return collect(node.here);
    const auto level = rest.next();
    const auto child = node.children.find(level);
    if (child != node.children.end()) visit(*child->second, rest, true);
    if (wildcards && node.any) visit(*node.any, rest, true);
  }
};

namespace {

void absorb(Match& kept, Match& other) {
  kept.qos = std::max(kept.qos, other.qos);
  kept.retain_as_published = kept.retain_as_published || other.retain_as_published;
  kept.ids.insert(kept.ids.end(), other.ids.begin(), other.ids.end());
}

// Leaves one match per receiver.
void merge(std::vector<Match>& matches) {
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Match& a, const Match& b) { return a.receiver < b.receiver; });
  std::size_t last = 0;
  for (std::size_t i = 1; i < matches.size(); ++i) {
    if (matches[i].receiver == matches[last].receiver) {
      absorb(matches[last], matches[i]);
    } else if (++last != i) {
      matches[last] = std::move(matches[i]);
    }
  }
  matches.resize(last + 1);
}

template <class List>
auto find_receiver(List& subscribers, Receiver receiver) {
  return std::lower_bound(subscribers.begin(), subscribers.end(), receiver,
                          [](const auto& subscriber, Receiver wanted) { return subscriber.receiver < wanted; });
}

template <class List>
bool erase_receiver(List& subscribers, Receiver receiver) {
  const auto at = find_receiver(subscribers, receiver);
  if (at == subscribers.end() || at->receiver != receiver) return false;
  subscribers.erase(at);
  return true;
}

}  // namespace

Subscriptions::Subscriptions() : root_(std::make_unique<Node>()) {}
Subscriptions::~Subscriptions() = default;

Subscriptions::Subscribers& Subscriptions::place(Node& root, std::string_view filter) {
  Node* node = &root;
  for (topic::Levels levels(filter); !levels.done();) {
    const auto level = levels.next();
    if (level == "#") return node->below;
    auto found = node->children.find(level);
    auto& child = level == "+"                    ? node->any
                  : found == node->children.end() ? node->children[std::string(level)]
                                                  : found->second;
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  }
  return node->here;
}

bool Subscriptions::add(Receiver receiver, std::string_view filter, const SubscriptionOptions& options) {
  auto& subscribers = place(*root_, filter);
  const auto at = find_receiver(subscribers, receiver);
  if (at != subscribers.end() && at->receiver == receiver) {
    at->options = options;
    return false;
  }
  subscribers.insert(at, {receiver, options});
  ++size_;
  return true;
}

// Branches that became empty are cut off on the way back.
bool Subscriptions::take_out(Node& node, topic::Levels levels, Receiver receiver) {
  if (levels.done()) return erase_receiver(node.here, receiver);
  const auto level = levels.next();
  if (level == "#") return erase_receiver(node.below, receiver);
  if (level == "+") {
    if (!node.any || !take_out(*node.any, levels, receiver)) return false;
    if (node.any->empty()) node.any.reset();
    return true;
  }
  const auto child = node.children.find(level);
  if (child == node.children.end() || !take_out(*child->second, levels, receiver)) return false;
  if (child->second->empty()) node.children.erase(child);
  return true;
}

bool Subscriptions::remove(Receiver receiver, std::string_view filter) {
  if (!take_out(*root_, topic::Levels(filter), receiver)) return false;
  --size_;
  return true;
}

void Subscriptions::match(std::string_view topic, std::optional<Receiver> publisher,
                          std::vector<Match>& matches) const {
  matches.clear();
  Walk walk{publisher, matches};
  walk.visit(*root_, topic::Levels(topic), !topic.starts_with('$'));
  if (walk.several) merge(matches);
}

}  // namespace sluice::routing
