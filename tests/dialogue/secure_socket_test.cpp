// The broker on a TLS port, with the clients of mosquitto.
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <string>

#include "broker/broker.h"
#include "tests/support/certificates.h"

namespace sluice::dialogue {
namespace {

using namespace std::chrono_literals;

class SecureSockets : public ::testing::Test {
 protected:
  void start(const Transport& transport) {
    BrokerSettings settings;
    settings.gateway = "test";
    settings.listen = {{"127.0.0.1", 0, transport}};
    auto opened = Broker::open(std::move(settings));
    ASSERT_TRUE(opened.ok()) << opened.error().text;
    broker_ = std::move(*opened);
    broker_->subscribe(
        "#", [this](const MessagePtr& message) { heard_.set_value(message->topic + "=" + message->payload); });
    broker_->start();
  }
  void TearDown() override { EXPECT_TRUE(broker_->stop(monotonic_now() + 5s)); }

  Transport tls() const {
    TlsSettings settings;
    settings.certificate = certificates_.path("server.pem");
    settings.key = Secret(certificates_.text("server.key"));
    return {settings};
  }

  int publish(const std::string& options) const {
    const auto command = "timeout 20 mosquitto_pub -h 127.0.0.1 -p " + std::to_string(broker_->ports().at(0)) +
                         " -q 1 -t a/b -m x " + options + " >/dev/null 2>&1";
    return std::system(command.c_str());
  }

  std::string heard() {
    auto future = heard_.get_future();
    return future.wait_for(5s) == std::future_status::ready ? future.get() : "nothing";
  }

  std::string ca_option() const { return "--cafile " + certificates_.ca().string(); }

  sluice::testing::Certificates certificates_;
  std::unique_ptr<Broker> broker_;
  std::promise<std::string> heard_;
};

TEST_F(SecureSockets, TakeMessagesOfClientsThatTrustTheCertificate) {
  start(tls());
  EXPECT_EQ(publish(ca_option()), 0);
  EXPECT_EQ(heard(), "a/b=x");
}

TEST_F(SecureSockets, TurnPlainClientsAway) {
  start(tls());
  EXPECT_NE(publish(""), 0);
}

TEST_F(SecureSockets, TakeClientsWithACertificateOfTheAuthorityAlone) {
  certificates_.issue("device");
  auto transport = tls();
  transport.tls->ca = certificates_.ca();
  start(transport);
  EXPECT_NE(publish(ca_option()), 0);
  EXPECT_EQ(publish(ca_option() + " --cert " + certificates_.path("device.pem").string() + " --key " +
                    certificates_.path("device.key").string()),
            0);
  EXPECT_EQ(heard(), "a/b=x");
}

}  // namespace
}  // namespace sluice::dialogue
