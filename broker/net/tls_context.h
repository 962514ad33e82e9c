// The TLS side of one port: certificate, key and rules, shared by its connections. For this folder
// alone.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "broker/net/openssl.h"
#include "broker/net/transport.h"
#include "gateway/base/clock.h"
#include "gateway/base/result.h"

namespace sluice::net {

class TlsContext {
 public:
  /// Reads the files. Refused with the file's name: what cannot be read, a key that does not fit,
  /// keys that are too weak.
  static Result<std::shared_ptr<TlsContext>> make(const TlsSettings& settings);

  SSL_CTX* get() const { return context_.get(); }

  /// Of the certificates that clients are shown, one sentence for each that is out of its dates, or
  /// soon will be.
  std::vector<std::string> complaints() const;

  /// Where a connection decrypts to; one for all of the port.
  std::span<std::uint8_t> clear_buffer() { return clear_; }

 private:
  explicit TlsContext(std::string certificate);

  Result<void> read(const TlsSettings& settings);
  Result<void> use_key(const Secret& key);
  Result<void> ask_clients(const TlsSettings& settings);

  openssl::Context context_;
  const std::string certificate_;  // its file
  std::array<std::uint8_t, 16 * 1024> clear_;
};

/// The reason of the last failure on this thread, which is forgotten by that.
std::string openssl_reason();

}  // namespace sluice::net
