#include "broker/net/listener.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/net/loop_fixture.h"

namespace sluice::net::test {
namespace {

class ListenerTest : public LoopTest {};

TEST_F(ListenerTest, SaysOnWhichFreePortItListens) {
  listen();
  EXPECT_NE(listener_->port(), 0);
}

TEST_F(ListenerTest, ServesBothFamiliesWhenNoHostIsGiven) {
  listen("");
  start_accepting();
  const Client four(listener_->port());
  EXPECT_EQ(accepted().address, "127.0.0.1");
  const Client six(listener_->port(), AF_INET6);
  EXPECT_EQ(accepted().address, "::1");
}

TEST_F(ListenerTest, ServesNamesAndAddresses) {
  listen("localhost");
  EXPECT_NE(listener_->port(), 0);
  listen("::1");
  start_accepting();
  const Client client(listener_->port(), AF_INET6);
  EXPECT_EQ(accepted().address, "::1");
}

TEST_F(ListenerTest, IsToldThatThePortIsTaken) {
  listen();
  on_loop([this] {
    const auto second = Listener::open(loop_, "127.0.0.1", listener_->port());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::failed);
    EXPECT_NE(second.error().text.find(std::to_string(listener_->port())), std::string::npos);
  });
}

TEST_F(ListenerTest, FailsOnAnAddressOfAnotherMachine) {
  on_loop([this] {
    EXPECT_FALSE(Listener::open(loop_, "192.0.2.1", 0));
    EXPECT_FALSE(Listener::open(loop_, "no such host", 0));
  });
}

TEST_F(ListenerTest, AlsoTakesWhoCameBeforeItStarted) {
  listen();
  Client client(listener_->port());
  client.send("early");
  start_accepting();
  EXPECT_EQ(accepted().receive(5), "early");
}

TEST_F(ListenerTest, TakesNobodyOnceItHasEnded) {
  listen();
  start_accepting();
  const auto port = listener_->port();
  on_loop([this] { listener_.reset(); });
  on_loop([this, port] { EXPECT_TRUE(Listener::open(loop_, "127.0.0.1", port)); });
}

class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit changed{limit, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &changed), 0);
  }
  ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

TEST_F(ListenerTest, LeavesTheLowDescriptorsToTheBuses) {
  const DescriptorLimit limit(2048);
  listen();
  start_accepting();
  const Client client(listener_->port());
  accepted();
  EXPECT_GE(fcntl(1024, F_GETFD), 0) << "no descriptor 1024";
}

TEST_F(ListenerTest, UsesLowDescriptorsWhereThereAreNoOthers) {
  const DescriptorLimit limit(1024);
  listen();
  start_accepting();
  Client client(listener_->port());
  client.send("low");
  EXPECT_EQ(accepted().receive(3), "low");
}

TEST_F(ListenerTest, GoesOnOnceThereAreDescriptorsAgain) {
  listen();
  start_accepting();
  const Client client_before(listener_->port());
  accepted();
  const int next_free = dup(0);
  ASSERT_GE(next_free, 0);
  auto none_left = std::make_unique<DescriptorLimit>(static_cast<rlim_t>(next_free) + 1);
  close(next_free);
  Client client(listener_->port());  // has the last one
  client.send("late");
  on_loop([] {});
  on_loop([this] { EXPECT_EQ(served_.size(), 1u); });
  none_left.reset();
  EXPECT_EQ(accepted().receive(4), "late");
}

}  // namespace
}  // namespace sluice::net::test
