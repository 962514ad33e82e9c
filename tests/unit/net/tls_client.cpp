#include "tests/unit/net/tls_client.h"

#include <array>

namespace sluice::net::test {

TlsClient::TlsClient(std::uint16_t port, const TlsWishes& wishes)
    : socket_(port), context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX_set_security_level(context_, wishes.level);
  SSL_CTX_set_min_proto_version(context_, wishes.oldest);
  SSL_CTX_set_max_proto_version(context_, wishes.newest);
  if (wishes.suites != nullptr) {
    EXPECT_EQ(SSL_CTX_set_cipher_list(context_, wishes.suites), 1);
  }
  if (!wishes.ca.empty()) {
    EXPECT_EQ(SSL_CTX_load_verify_file(context_, wishes.ca.c_str()), 1);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  }
  if (!wishes.certificate.empty()) {
    EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context_, wishes.certificate.c_str()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context_, wishes.key.c_str(), SSL_FILETYPE_PEM), 1);
  }
  talk_ = SSL_new(context_);
  SSL_set_fd(talk_, socket_.descriptor());
  if (wishes.session != nullptr) SSL_set_session(talk_, wishes.session);
  connected_ = SSL_connect(talk_) == 1;
}

TlsClient::~TlsClient() {
  SSL_free(talk_);
  SSL_CTX_free(context_);
}

void TlsClient::send(std::string_view text) {
  ASSERT_EQ(SSL_write(talk_, text.data(), static_cast<int>(text.size())), static_cast<int>(text.size()));
}

std::string TlsClient::receive(std::size_t size) {
  std::string text(size, '\0');
  std::size_t had = 0;
  while (had < size) {
    const int got = SSL_read(talk_, text.data() + had, static_cast<int>(size - had));
    if (got <= 0) break;
    had += static_cast<std::size_t>(got);
  }
  text.resize(had);
  return text;
}

std::string TlsClient::receive_all(bool& ended_well) {
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const int got = SSL_read(talk_, buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
      continue;
    }
    ended_well = SSL_get_error(talk_, got) == SSL_ERROR_ZERO_RETURN;
    return text;
  }
}

}  // namespace sluice::net::test
