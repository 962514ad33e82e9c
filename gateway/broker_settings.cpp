#include "gateway/broker_settings.h"

#include <utility>

namespace sluice {

namespace {

Anonymous anonymous_of(config::Anonymous word) {
  switch (word) {
    case config::Anonymous::loopback: return Anonymous::loopback;
    case config::Anonymous::everywhere: return Anonymous::everywhere;
    case config::Anonymous::nowhere: return Anonymous::nowhere;
  }
  return Anonymous::nowhere;
}

Transport transport_of(const config::ListenAddress& address) {
  Transport transport;
  if (address.tls) {
    const bool optional = address.tls->clients == config::ClientCertificates::optional;
    transport.tls = {address.tls->certificate, address.tls->key, address.tls->ca,
                     optional ? ClientCertificates::optional : ClientCertificates::required};
  }
  return transport;
}

upstream::Settings upstream_settings(const config::Upstream& upstream, const std::string& gateway) {
  upstream::Settings settings;
  settings.name = upstream.name;
  settings.gateway = gateway;
  settings.host = upstream.host;
  settings.port = upstream.port;
  settings.client_id = upstream.client_id;
  settings.user_name = upstream.username;
  settings.password = upstream.password;
  settings.heartbeat = upstream.heartbeat;
  for (const auto& rule : upstream.send) {
    settings.send.push_back({rule.topics, rule.except, rule.as, rule.qos, rule.retain, rule.unconfirmed});
  }
  for (const auto& rule : upstream.receive) settings.receive.push_back({rule.topics, rule.as, rule.qos});
  return settings;
}

}  // namespace

BrokerSettings broker_settings(const config::Site& site, const std::filesystem::path& data) {
  BrokerSettings settings;
  settings.gateway = site.gateway;
  settings.anonymous = anonymous_of(site.broker.anonymous);
  settings.passwords = site.broker.passwords;
  settings.directory = data;
  for (const auto& address : site.broker.listen) {
    settings.listen.push_back({address.host, address.port, transport_of(address)});
  }
  for (const auto& rights : site.broker.rights) settings.rights.push_back({rights.user, rights.read, rights.write});
  for (const auto& upstream : site.upstreams) {
    settings.upstreams.push_back(upstream_settings(upstream, site.gateway));
  }
  return settings;
}

}  // namespace sluice
