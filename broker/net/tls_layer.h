// TLS as OpenSSL speaks it, on bytes instead of a socket. For this folder alone.
#pragma once

#include <memory>
#include <string>

#include "broker/net/layer.h"
#include "broker/net/openssl.h"
#include "broker/net/tls_context.h"

namespace sluice::net {

class TlsLayer final : public Layer {
 public:
  /// The server's side of one connection.
  explicit TlsLayer(std::shared_ptr<TlsContext> context);

  Result<Peer> receive(std::span<std::uint8_t> bytes, const Up& up) override;
  bool is_open() const override;
  void send(ByteView bytes) override;
  void finish() override;
  OutputQueue& wire() override { return wire_; }

 private:
  static const BIO_METHOD* method();
  static int take(BIO* bio, char* into, int size);
  static int give(BIO* bio, const char* from, int size);
  static long control(BIO* bio, int command, long number, void* pointer);
  static TlsLayer& of(BIO* bio);

  Result<Peer> outcome(int returned);
  std::string what_went_wrong() const;

  const std::shared_ptr<TlsContext> context_;
  const openssl::Conversation talk_;
  ByteView input_;  // while receive runs
  OutputQueue wire_;
  bool failed_ = false;
};

}  // namespace sluice::net
