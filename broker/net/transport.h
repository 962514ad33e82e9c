// What is spoken on a port between TCP and MQTT.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "gateway/base/secret.h"

namespace sluice {

enum class ClientCertificates : std::uint8_t { optional, required };

struct TlsSettings {
  std::filesystem::path certificate;  // PEM: the server's, then the chain up to the root, which may be left out
  Secret key;                         // PEM, without a pass phrase
  std::filesystem::path ca;           // PEM: who may sign certificates of clients; empty: none is asked for
  ClientCertificates clients = ClientCertificates::required;  // with `ca` only
};

struct Transport {
  std::optional<TlsSettings> tls;
};

}  // namespace sluice
