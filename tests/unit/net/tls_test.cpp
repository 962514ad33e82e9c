#include <openssl/err.h>

#include <memory>

#include "broker/net/tls_layer.h"
#include "tests/support/certificates.h"
#include "tests/unit/net/tls_client.h"

namespace sluice::net::test {
namespace {

using Kind = Event::Kind;
using sluice::testing::Certificates;

const Certificates& certificates() {
  static const Certificates made;
  return made;
}

Transport tls(const std::string& name = "server") {
  TlsSettings settings;
  settings.certificate = certificates().path(name + ".pem");
  settings.key = Secret(certificates().text(name + ".key"));
  return {settings};
}

Transport asking_clients(ClientCertificates rule) {
  auto transport = tls();
  transport.tls->ca = certificates().ca();
  transport.tls->clients = rule;
  return transport;
}

void append(Connection& connection, std::string_view text) {
  const auto bytes = as_bytes(text);
  auto& out = connection.output();
  out.insert(out.end(), bytes.begin(), bytes.end());
}

class Tls : public LoopTest {
 protected:
  void serve(const Transport& transport = tls()) {
    listen("127.0.0.1", transport);
    start_accepting();
  }

  std::unique_ptr<TlsClient> connected(const TlsWishes& wishes) {
    auto client = std::make_unique<TlsClient>(listener_->port(), wishes);
    served_end_ = &accepted();
    return client;
  }

  Connection& connection() { return *served_end_->connection; }

  std::string why_refused() {
    const auto event = served_end_->next();
    EXPECT_EQ(event.kind, Kind::refused) << event.text;
    return event.text;
  }

  std::string why_not_opened(const Transport& transport) {
    std::string why;
    on_loop([&] {
      const auto listener = Listener::open(loop_, "127.0.0.1", 0, transport);
      ASSERT_FALSE(listener);
      why = listener.error().text;
    });
    return why;
  }

  Served* served_end_ = nullptr;
};

TEST_F(Tls, CarriesBytesBothWaysByBothVersions) {
  serve();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto client = connected({.newest = version, .ca = certificates().ca()});
    ASSERT_TRUE(client->is_connected());
    EXPECT_EQ(SSL_version(client->talk()), version);
    client->send("question");
    EXPECT_EQ(served_end_->receive(8), "question");
    on_loop([this] { append(connection(), "answer"); });
    EXPECT_EQ(client->receive(6), "answer");
    on_loop([this] { EXPECT_EQ(connection().backlog(), 0u); });
  }
}

TEST_F(Tls, KeepsTheOrderOfManySharedPayloadsForASlowReader) {
  serve();
  const auto client = connected({});
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    auto message = std::make_shared<Message>();
    message->payload = std::string(65'000, static_cast<char>('a' + i % 26));
    const auto head = "<" + std::to_string(i) + ">";
    expected += head + message->payload;
    on_loop([&] {
      append(connection(), head);
      connection().append_payload(message);
    });
  }
  on_loop([this] { EXPECT_GT(connection().backlog(), Connection::kLowWater); });
  EXPECT_TRUE(client->receive(expected.size()) == expected);
  EXPECT_EQ(served_end_->next().kind, Kind::writable);
}

TEST_F(Tls, TakesManyRecordsAtOnce) {
  serve();
  const auto client = connected({});
  const std::string text(1 << 20, 'x');
  client->send(text);
  EXPECT_TRUE(served_end_->receive(text.size()) == text);
}

TEST_F(Tls, KeepsWhatIsWrittenBeforeTheHandshake) {
  serve();
  Client socket(listener_->port());
  auto& end = accepted();
  on_loop([&] { append(*end.connection, "early"); });
  on_loop([] {});
  on_loop([&] { EXPECT_EQ(end.connection->backlog(), 5u); });
}

TEST_F(Tls, RefusesVersionsBeforeTls12) {
  serve();
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    const auto client = connected({.newest = version, .suites = "ALL:@SECLEVEL=0", .level = 0});
    EXPECT_FALSE(client->is_connected());
    EXPECT_EQ(why_refused(), "offers nothing newer than TLS 1.1; this port takes 1.2 and 1.3");
  }
  ERR_clear_error();
}

TEST_F(Tls, RefusesSuitesWithoutAuthenticatedEncryption) {
  serve();
  const auto client = connected({.newest = TLS1_2_VERSION, .suites = "ECDHE-ECDSA-AES128-SHA256"});
  EXPECT_FALSE(client->is_connected());
  EXPECT_EQ(why_refused(), "TLS failed: no shared cipher");
  ERR_clear_error();
}

TEST_F(Tls, EndsAPeerThatSpeaksPlainMqttAtOnceAndSaysItOnce) {
  serve();
  Client client(listener_->port());
  client.send(std::string_view("\x10\x0f\0\x04MQTT\x05\x02\0\x3c\0\0\x02me", 18));
  served_end_ = &accepted();
  EXPECT_EQ(why_refused(), "speaks no TLS, which this port needs");
  client.receive_all();  // the alert, and no reset
  client.close();
  EXPECT_EQ(served_end_->next().kind, Kind::closed);
  on_loop([] {});
  EXPECT_TRUE(served_end_->events.drain().empty());
}

TEST_F(Tls, EndsAPeerThatSpeaksHttp) {
  serve();
  Client client(listener_->port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  served_end_ = &accepted();
  EXPECT_EQ(why_refused(), "speaks no TLS, which this port needs");
}

TEST_F(Tls, HearsNothingFromAPeerThatStopsInTheHandshakeAndCanCloseIt) {
  serve();
  Client client(listener_->port());
  client.send("\x16\x03\x01");
  served_end_ = &accepted();
  on_loop([this] {
    append(connection(), "nobody can read this");
    connection().close();
  });
  EXPECT_EQ(client.receive_all(), "");
  client.close();
  EXPECT_EQ(served_end_->next().kind, Kind::closed);
}

TEST(TlsLayer, TakesItsBytesOneByOne) {
  const openssl::Context context(SSL_CTX_new(TLS_client_method()));
  const openssl::Conversation client(SSL_new(context.get()));
  BIO* to_client = BIO_new(BIO_s_mem());
  BIO* from_client = BIO_new(BIO_s_mem());
  SSL_set_bio(client.get(), to_client, from_client);
  SSL_set_connect_state(client.get());
  TlsLayer server(*TlsContext::make(*tls().tls));
  std::string heard;
  bool sent = false;
  for (int round = 0; round < 10 && heard.size() < 5; ++round) {
    SSL_do_handshake(client.get());
    if (!sent && SSL_is_init_finished(client.get()) == 1) sent = SSL_write(client.get(), "hello", 5) == 5;
    std::uint8_t byte = 0;
    while (BIO_read(from_client, &byte, 1) == 1) {
      const auto peer = server.receive({&byte, 1}, [&](std::span<std::uint8_t> clear) { heard += as_text(clear); });
      ASSERT_TRUE(peer) << peer.error().text;
    }
    const auto& answer = server.wire().tail();
    BIO_write(to_client, answer.data(), static_cast<int>(answer.size()));
    server.wire().consume(answer.size());
  }
  EXPECT_EQ(heard, "hello");
}

TEST_F(Tls, EndsWhenARecordWasTamperedWith) {
  serve();
  const auto client = connected({});
  ASSERT_TRUE(client->is_connected());
  client->send("good");
  EXPECT_EQ(served_end_->receive(4), "good");
  client->socket().send(
      std::string_view("\x17\x03\x03\0\x20"
                       "0123456789abcdef0123456789abcdef",
                       37));
  EXPECT_NE(why_refused().find("TLS failed"), std::string::npos);
}

TEST_F(Tls, SaysGoodbyeWhenItClosesAndSendsEverythingBefore) {
  serve();
  const auto client = connected({});
  client->send("all greetings done");
  served_end_->receive(18);
  const std::string text(4 << 20, 'x');
  on_loop([&] {
    append(connection(), text);
    connection().close();
  });
  bool ended_well = false;
  EXPECT_TRUE(client->receive_all(ended_well) == text);
  EXPECT_TRUE(ended_well);
}

TEST_F(Tls, HearsAGoodbye) {
  serve();
  const auto client = connected({});
  client->send("last words");
  client->say_goodbye();
  EXPECT_EQ(served_end_->receive(10), "last words");
  const auto event = served_end_->next();
  EXPECT_EQ(event.kind, Kind::closed);
  EXPECT_EQ(event.text, "the peer closed the connection");
}

TEST_F(Tls, ResumesASession) {
  serve();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto first = connected({.newest = version});
    on_loop([this] { append(connection(), "x"); });
    EXPECT_EQ(first->receive(1), "x");  // and with it the tickets
    auto* session = SSL_get1_session(first->talk());
    const auto second = connected({.newest = version, .session = session});
    ASSERT_TRUE(second->is_connected());
    EXPECT_EQ(SSL_session_reused(second->talk()), 1) << version;
    SSL_SESSION_free(session);
  }
}

TEST_F(Tls, MayBeDestroyedInItsOwnEvent) {
  serve();
  const auto client = connected({});
  on_loop([this] { served_end_->answer = [this](std::string_view) { served_end_->connection.reset(); }; });
  client->send("x");
  EXPECT_EQ(served_end_->receive(1), "x");
  bool ended_well = true;
  EXPECT_EQ(client->receive_all(ended_well), "");
  EXPECT_FALSE(ended_well);
  ERR_clear_error();
}

TEST_F(Tls, AsksClientsForACertificateOfTheAuthority) {
  certificates().issue("device");
  serve(asking_clients(ClientCertificates::required));
  const auto known =
      connected({.certificate = certificates().path("device.pem"), .key = certificates().path("device.key")});
  known->send("hello");
  EXPECT_EQ(served_end_->receive(5), "hello");

  connected({});
  EXPECT_EQ(why_refused(), "TLS failed: peer did not return a certificate");

  certificates().run(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=stranger -keyout stranger.key -out "
      "stranger.pem");
  connected({.certificate = certificates().path("stranger.pem"), .key = certificates().path("stranger.key")});
  EXPECT_EQ(why_refused(), "has a certificate that is not accepted: self-signed certificate");

  certificates().issue("late", -1);
  connected({.certificate = certificates().path("late.pem"), .key = certificates().path("late.key")});
  EXPECT_EQ(why_refused(), "has a certificate that is not accepted: certificate has expired");
  ERR_clear_error();
}

TEST_F(Tls, ServesClientsWithoutACertificateWhereItIsOptional) {
  serve(asking_clients(ClientCertificates::optional));
  const auto client = connected({});
  client->send("hello");
  EXPECT_EQ(served_end_->receive(5), "hello");
}

TEST_F(Tls, NamesTheFileThatCannotBeUsed) {
  certificates().issue("other");
  auto wrong = tls();
  wrong.tls->key = Secret(certificates().text("other.key"));
  EXPECT_NE(why_not_opened(wrong).find("server.pem: the key does not fit this certificate"), std::string::npos);

  wrong = tls();
  wrong.tls->key = Secret("no key");
  EXPECT_NE(why_not_opened(wrong).find("server.pem: its key cannot be read"), std::string::npos);

  wrong = tls();
  wrong.tls->certificate = certificates().path("missing.pem");
  EXPECT_NE(why_not_opened(wrong).find("missing.pem: is no certificate"), std::string::npos);

  wrong = asking_clients(ClientCertificates::required);
  wrong.tls->ca = certificates().path("server.key");
  EXPECT_NE(why_not_opened(wrong).find("server.key: holds no certificates"), std::string::npos);
}

TEST_F(Tls, TakesNoEncryptedAndNoWeakKey) {
  certificates().run("ec -in server.key -aes256 -passout pass:secret -out locked.key");
  auto wrong = tls();
  wrong.tls->key = Secret(certificates().text("locked.key"));
  EXPECT_NE(why_not_opened(wrong).find("without a pass phrase"), std::string::npos);

  certificates().run("req -x509 -newkey rsa:1024 -nodes -subj /CN=weak -keyout weak.key -out weak.pem");
  EXPECT_NE(why_not_opened(tls("weak")).find("weak.pem: is no certificate to serve TLS with: ee key too small"),
            std::string::npos);
}

TEST(TlsCertificate, IsComplainedAboutWithItsFileAndDateWhenItIsOutOfThem) {
  certificates().issue("expired", -1);
  certificates().issue("soon", 5);
  const auto complaints = [](const std::string& name) { return (*TlsContext::make(*tls(name).tls))->complaints(); };
  EXPECT_TRUE(complaints("server").empty());
  ASSERT_EQ(complaints("expired").size(), 1u);
  EXPECT_NE(complaints("expired")[0].find("expired.pem: this certificate expired on "), std::string::npos);
  ASSERT_EQ(complaints("soon").size(), 1u);
  EXPECT_NE(complaints("soon")[0].find("soon.pem: this certificate expires in "), std::string::npos);
}

TEST_F(Tls, IsSpokenWithTheOpensslProgram) {
  serve();
  certificates().run("s_client -connect 127.0.0.1:" + std::to_string(listener_->port()) +
                     " -CAfile ca.pem -verify_return_error -verify_ip 127.0.0.1 -brief </dev/null");
}

}  // namespace
}  // namespace sluice::net::test
