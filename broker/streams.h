// The outbox as the hub sees it, on top of the store: each upstream is one stream, and its rules
// say what goes into it and under which topic.
#pragma once

#include <string>
#include <vector>

#include "broker/outbox.h"
#include "broker/store/store.h"
#include "broker/upstream/topic_rules.h"

namespace sluice::broker {

class Streams : public Outbox {
 public:
  /// `rules` by stream id, at most as many as a StreamSet has bits. `never` are filters of topics that stay here. The
  /// store outlives this.
  Streams(store::Store& store, std::vector<upstream::SendRules> rules, std::vector<std::string> never);

  Taken take(const MessagePtr& message, store::Urgency urgency, session::StreamSet having) override;

  session::Ticket stored() const override { return store_.stored_up_to(); }

 private:
  bool stays_here(const Message& message) const;

  store::Store& store_;
  const std::vector<upstream::SendRules> rules_;
  const std::vector<std::string> never_;
};

/// For a broker without upstreams: nothing is durable.
class NoOutbox : public Outbox {
 public:
  Taken take(const MessagePtr&, store::Urgency, session::StreamSet) override { return {}; }
  session::Ticket stored() const override { return 0; }
};

}  // namespace sluice::broker
