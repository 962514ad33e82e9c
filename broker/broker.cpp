#include "broker/broker.h"

#include <utility>

#include "broker/edge_broker.h"

namespace sluice {

Result<std::unique_ptr<Broker>> Broker::open(BrokerSettings settings) {
  auto rules = access::AccessRules::make(settings.rights);
  if (!rules) return rules.error();
  auto broker = std::make_unique<broker::EdgeBroker>(std::move(settings), std::move(*rules));
  if (auto opened = broker->open_store(); !opened) return opened.error();
  if (auto read = broker->read_passwords(); !read) return read.error();
  if (auto bound = broker->listen(); !bound) return bound.error();
  return std::unique_ptr<Broker>(std::move(broker));
}

}  // namespace sluice
