#include <gtest/gtest.h>

#include "gateway/config/site_sections.h"
#include "gateway/config/yaml.h"
#include "tests/support/temp_dir.h"

namespace sluice::config {
namespace {

class BrokerSectionTest : public ::testing::Test {
 protected:
  BrokerSectionTest() {
    std::filesystem::permissions(folder_.file("server.key", "the key"), std::filesystem::perms::owner_read);
  }

  BrokerSection read(const std::string& yaml) {
    complaints_ = {};
    const auto root = parse_yaml(yaml, (folder_.path() / "site.yaml").native(), complaints_);
    return read_broker(*root, folder_.path(), complaints_);
  }

  std::string complaint() const {
    const auto lines = complaints_.lines();
    return lines.size() == 1 ? lines[0].substr(lines[0].find("broker")) : "complaints: " + std::to_string(lines.size());
  }

  sluice::testing::TempDir folder_;
  Complaints complaints_;
};

TEST_F(BrokerSectionTest, ListensOnLoopbackWhenNothingIsSaid) {
  const auto broker = read("anonymous: loopback");
  ASSERT_EQ(broker.listen.size(), 1u);
  EXPECT_EQ(broker.listen[0].host, "127.0.0.1");
  EXPECT_FALSE(broker.listen[0].tls);
}

TEST_F(BrokerSectionTest, ListensPlainAndWithTlsSideBySide) {
  const auto broker = read(
      "listen: [ mqtt://127.0.0.1:1883, { url: mqtts://192.0.2.1, tls: { certificate: ./server.pem, key: { file: "
      "./server.key }, ca: /etc/ca.pem, clients: optional } } ]");
  ASSERT_TRUE(complaints_.empty()) << complaints_.lines()[0];
  ASSERT_EQ(broker.listen.size(), 2u);
  EXPECT_FALSE(broker.listen[0].tls);
  const auto& listener = broker.listen[1];
  EXPECT_EQ(listener.port, 8883);
  ASSERT_TRUE(listener.tls);
  EXPECT_EQ(listener.tls->certificate, folder_.path() / "server.pem");
  EXPECT_EQ(listener.tls->key.reveal(), "the key");
  EXPECT_EQ(listener.tls->ca, "/etc/ca.pem");
  EXPECT_EQ(listener.tls->clients, ClientCertificates::optional);
}

TEST_F(BrokerSectionTest, WantsTheCertificatesOfClientsOnceItKnowsWhoSignsThem) {
  const auto broker =
      read("listen: { url: mqtts://h, tls: { certificate: c, key: { credential: server.key }, ca: a } }");
  ASSERT_TRUE(complaints_.empty()) << complaints_.lines()[0];
  EXPECT_EQ(broker.listen[0].tls->clients, ClientCertificates::required);
}

TEST_F(BrokerSectionTest, SaysWhatIsMissingForTls) {
  read("listen: mqtts://h");
  EXPECT_NE(complaint().find("broker.listen: mqtts:// needs a certificate"), std::string::npos) << complaint();
  read("listen: { url: mqtts://h, tls: { key: { file: ./server.key } } }");
  EXPECT_EQ(complaint(), "broker.listen.tls.certificate: is missing; the file with the certificate and its chain");
  read("listen: { url: mqtts://h, tls: { certificate: c } }");
  EXPECT_NE(complaint().find("broker.listen.tls.key: is missing"), std::string::npos) << complaint();
  read("listen: { tls: { certificate: c } }");
  EXPECT_NE(complaint().find("broker.listen.url: is missing"), std::string::npos) << complaint();
}

TEST_F(BrokerSectionTest, TakesNoKeyThatOthersCanRead) {
  std::filesystem::permissions(folder_.file("public.key", "k"), std::filesystem::perms(0644));
  read("listen: { url: mqtts://h, tls: { certificate: c, key: { file: ./public.key } } }");
  EXPECT_NE(complaint().find("mode 0600"), std::string::npos) << complaint();
}

TEST_F(BrokerSectionTest, RefusesTlsWhereNoneIsSpokenAndKeysThatItDoesNotKnow) {
  read("listen: { url: mqtt://h, tls: { certificate: c } }");
  EXPECT_EQ(complaint(), "broker.listen.tls: is for mqtts://");
  read("listen: { url: mqtt://h, anonymous: true }");
  EXPECT_EQ(complaint(), "broker.listen.anonymous: not in this version");
  read("listen: { url: mqtts://h, tls: { certificate: c, key: { file: ./server.key }, clients: optional } }");
  EXPECT_EQ(complaint(), "broker.listen.tls.clients: needs `ca`: who signs their certificates");
}

}  // namespace
}  // namespace sluice::config
