#include "broker/net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <utility>

namespace sluice::net {

namespace {

// TLS 1.2 with forward secrecy and authenticated encryption alone; all of 1.3 is like that.
constexpr auto* kSuites = "ECDHE+AESGCM:ECDHE+CHACHA20";
// No RSA below 2,048 bits, no SHA-1.
constexpr int kSecurityLevel = 2;
constexpr int kSoonDays = 30;
// A session is resumed on the port alone on which it began.
constexpr unsigned char kSessionContext[] = "sluice";

Error refused(std::string text) { return {std::move(text), ErrorKind::invalid}; }

int no_pass_phrase(char*, int, int, void*) { return 0; }

// As an engineer reads it, and always in UTC: "Nov 20 19:13:00 2026 GMT".
std::string date_of(const ASN1_TIME* time) {
  const openssl::Bio text(BIO_new(BIO_s_mem()));
  ASN1_TIME_print(text.get(), time);
  char* start = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &start);
  return {start, static_cast<std::size_t>(size)};
}

/// Days from now to `time`, negative once it is past.
int days_until(const ASN1_TIME* time) {
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, time);
  return seconds < 0 && days == 0 ? -1 : days;
}

}  // namespace

std::string openssl_reason() {
  const auto code = ERR_peek_last_error();
  const auto* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason != nullptr ? reason : "no reason given";
}

TlsContext::TlsContext(std::string certificate)
    : context_(SSL_CTX_new(TLS_server_method())), certificate_(std::move(certificate)) {
  auto* context = context_.get();
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kSuites);
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // Tickets keep a session with the client: nothing is kept here for those who do not come back.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext - 1);
  SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
}

Result<std::shared_ptr<TlsContext>> TlsContext::make(const TlsSettings& settings) {
  std::shared_ptr<TlsContext> made(new TlsContext(settings.certificate.native()));
  ERR_clear_error();
  if (auto read = made->read(settings); !read) return read.error();
  return made;
}

Result<void> TlsContext::read(const TlsSettings& settings) {
  if (SSL_CTX_use_certificate_chain_file(context_.get(), certificate_.c_str()) != 1) {
    return refused(fmt::format("{}: is no certificate to serve TLS with: {}", certificate_, openssl_reason()));
  }
  if (auto used = use_key(settings.key); !used) return used;
  return settings.ca.empty() ? Result<void>() : ask_clients(settings);
}

Result<void> TlsContext::use_key(const Secret& key) {
  const auto& text = key.reveal();
  const openssl::Bio bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const openssl::Key read(PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_pass_phrase, nullptr));
  if (!read) {
    return refused(fmt::format("{}: its key cannot be read; it takes a private key in PEM without a pass phrase: {}",
                               certificate_, openssl_reason()));
  }
  if (SSL_CTX_use_PrivateKey(context_.get(), read.get()) == 1) return {};
  return refused(fmt::format("{}: the key does not fit this certificate: {}", certificate_, openssl_reason()));
}

Result<void> TlsContext::ask_clients(const TlsSettings& settings) {
  auto* context = context_.get();
  const auto& file = settings.ca.native();
  auto* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr || SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return refused(fmt::format("{}: holds no certificates to check clients with: {}", file, openssl_reason()));
  }
  SSL_CTX_set_client_CA_list(context, names);
  const int required = settings.clients == ClientCertificates::required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
  return {};
}

std::vector<std::string> TlsContext::complaints() const {
  std::vector<std::string> all;
  const auto* certificate = SSL_CTX_get0_certificate(context_.get());
  const auto* from = X509_get0_notBefore(certificate);
  const auto* until = X509_get0_notAfter(certificate);
  const int left = days_until(until);
  if (days_until(from) > 0 || X509_cmp_current_time(from) > 0) {
    all.push_back(fmt::format("{}: this certificate is not valid before {}", certificate_, date_of(from)));
  } else if (left < 0) {
    all.push_back(
        fmt::format("{}: this certificate expired on {}; clients will refuse it", certificate_, date_of(until)));
  } else if (left < kSoonDays) {
    all.push_back(fmt::format("{}: this certificate expires in {} days, on {}", certificate_, left, date_of(until)));
  }
  return all;
}

}  // namespace sluice::net
