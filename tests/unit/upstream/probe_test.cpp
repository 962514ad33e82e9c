#include "broker/upstream/probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sluice::upstream {
namespace {

using namespace std::chrono_literals;

/// A socket bound to a free port of 127.0.0.1, listening when told to.
class Port {
 public:
  Port() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    number_ = ntohs(address.sin_port);
  }
  ~Port() { ::close(descriptor_); }
  void listen() { EXPECT_EQ(::listen(descriptor_, 8), 0); }
  std::uint16_t number() const { return number_; }

 private:
  int descriptor_;
  std::uint16_t number_ = 0;
};

const std::atomic<bool> kGoOn{false};

TEST(Probe, FindsAListeningPort) {
  Port port;
  port.listen();
  EXPECT_TRUE(probe("127.0.0.1", port.number(), monotonic_now() + 5s, kGoOn).ok());
  EXPECT_TRUE(probe("localhost", port.number(), monotonic_now() + 5s, kGoOn).ok());
}

TEST(Probe, SaysThatAPortIsClosed) {
  const Port port;
  const auto found = probe("127.0.0.1", port.number(), monotonic_now() + 5s, kGoOn);
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.error().text.find("refuses"), std::string::npos) << found.error().text;
}

TEST(Probe, SaysThatANameIsUnknown) {
  const auto found = probe("no-such-host.invalid", 1883, monotonic_now() + 5s, kGoOn);
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.error().text.find("cannot be resolved"), std::string::npos) << found.error().text;
}

}  // namespace
}  // namespace sluice::upstream
