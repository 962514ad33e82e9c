// A client's side of TLS on a blocking socket, by OpenSSL itself.
#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/unit/net/loop_fixture.h"

namespace sluice::net::test {

/// What a client insists on; the files may be empty.
struct TlsWishes {
  int newest = TLS1_3_VERSION;
  int oldest = 0;
  const char* suites = nullptr;  // of TLS 1.2 and before
  int level = 1;
  std::filesystem::path ca{};
  std::filesystem::path certificate{};
  std::filesystem::path key{};
  SSL_SESSION* session = nullptr;  // to resume
};

class TlsClient {
 public:
  TlsClient(std::uint16_t port, const TlsWishes& wishes);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool is_connected() const { return connected_; }
  SSL* talk() { return talk_; }
  /// Below TLS.
  Client& socket() { return socket_; }

  void send(std::string_view text);
  std::string receive(std::size_t size);
  /// Up to the end; `ended_well` says whether the peer announced it.
  std::string receive_all(bool& ended_well);
  void say_goodbye() { SSL_shutdown(talk_); }

 private:
  Client socket_;
  SSL_CTX* context_;
  SSL* talk_;
  bool connected_ = false;
};

}  // namespace sluice::net::test
