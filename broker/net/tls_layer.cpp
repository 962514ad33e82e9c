#include "broker/net/tls_layer.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice::net {

TlsLayer::TlsLayer(std::shared_ptr<TlsContext> context)
    : context_(std::move(context)), talk_(SSL_new(context_->get())) {
  auto* bio = BIO_new(method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(talk_.get(), bio, bio);
  SSL_set_accept_state(talk_.get());
}

// OpenSSL's own memory buffers keep what they once grew to; these hold nothing.
const BIO_METHOD* TlsLayer::method() {
  static const auto made = [] {
    openssl::BioMethod method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "bytes"));
    BIO_meth_set_read(method.get(), take);
    BIO_meth_set_write(method.get(), give);
    BIO_meth_set_ctrl(method.get(), control);
    return method;
  }();
  return made.get();
}

TlsLayer& TlsLayer::of(BIO* bio) { return *static_cast<TlsLayer*>(BIO_get_data(bio)); }

int TlsLayer::take(BIO* bio, char* into, int size) {
  auto& input = of(bio).input_;
  BIO_clear_retry_flags(bio);
  if (input.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const auto count = std::min(input.size(), static_cast<std::size_t>(size));
  std::memcpy(into, input.data(), count);
  input = input.subspan(count);
  return static_cast<int>(count);
}

int TlsLayer::give(BIO* bio, const char* from, int size) {
  auto& out = of(bio).wire_.tail();
  out.insert(out.end(), from, from + size);
  return size;
}

long TlsLayer::control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

Result<Layer::Peer> TlsLayer::receive(std::span<std::uint8_t> bytes, const Up& up) {
  input_ = bytes;
  const auto clear = context_->clear_buffer();
  ERR_clear_error();
  for (;;) {
    const int got = SSL_read(talk_.get(), clear.data(), static_cast<int>(clear.size()));
    if (got <= 0) return outcome(got);
    up(clear.first(static_cast<std::size_t>(got)));
  }
}

Result<Layer::Peer> TlsLayer::outcome(int returned) {
  const int error = SSL_get_error(talk_.get(), returned);
  if (error == SSL_ERROR_WANT_READ) return Peer::there;
  if (error == SSL_ERROR_ZERO_RETURN) return Peer::leaving;
  failed_ = true;
  return Error{what_went_wrong()};
}

std::string TlsLayer::what_went_wrong() const {
  const auto verified = SSL_get_verify_result(talk_.get());
  switch (ERR_GET_REASON(ERR_peek_last_error())) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_BAD_PROTOCOL_VERSION_NUMBER: ERR_clear_error(); return "speaks no TLS, which this port needs";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
      ERR_clear_error();
      return "offers nothing newer than TLS 1.1; this port takes 1.2 and 1.3";
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      ERR_clear_error();
      return fmt::format("has a certificate that is not accepted: {}", X509_verify_cert_error_string(verified));
    default: return fmt::format("TLS failed: {}", openssl_reason());
  }
}

bool TlsLayer::is_open() const { return !failed_ && SSL_is_init_finished(talk_.get()) == 1; }

// The output takes everything, so a write is never partial and never has to be repeated.
void TlsLayer::send(ByteView bytes) {
  ERR_clear_error();
  const int sent = SSL_write(talk_.get(), bytes.data(), static_cast<int>(bytes.size()));
  if (sent <= 0) failed_ = true;
}

void TlsLayer::finish() {
  if (!is_open()) return;
  ERR_clear_error();
  SSL_shutdown(talk_.get());
}

}  // namespace sluice::net
