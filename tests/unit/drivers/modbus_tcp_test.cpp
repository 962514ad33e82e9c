#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <functional>
#include <thread>

#include "drivers/modbus/bus.h"
#include "drivers/modbus/descriptor.h"
#include "drivers/modbus/frame.h"
#include "tests/unit/drivers/driver_settings.h"

namespace sluice::modbus {
namespace {

using driver::Code;
using driver::GivenDevice;
using driver::GivenSettings;
using driver::PointValue;
using namespace std::chrono_literals;

constexpr int kTimeoutMs = 150;

/// A server that plays a script for the connections that it accepts.
class ScriptedServer {
 public:
  class Side {
   public:
    explicit Side(int listener) : listener_(listener) {}

    void accept() {
      if (wait_for(listener_, POLLIN, Clock::now() + 2s) != Ready::yes) throw std::runtime_error("nobody connects");
      connection_ = Descriptor(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
      received_.clear();
    }
    Heard hear() {
      while (true) {
        auto heard = hear_tcp(received_);
        if (heard.what == Found::answer) {
          received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(heard.size));
          return heard;
        }
        std::uint8_t buffer[300];
        if (wait_for(connection_.get(), POLLIN, Clock::now() + 2s) != Ready::yes)
          throw std::runtime_error("no request");
        const auto count = ::recv(connection_.get(), buffer, sizeof buffer, 0);
        if (count <= 0) throw std::runtime_error("the driver hung up");
        received_.insert(received_.end(), buffer, buffer + count);
      }
    }
    void say(const Bytes& bytes) { EXPECT_GT(::send(connection_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), 0); }
    void hang_up() { connection_ = Descriptor(); }

   private:
    int listener_;
    Descriptor connection_;
    Bytes received_;
  };

  ScriptedServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 5), 0);
    EXPECT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    host_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~ScriptedServer() { join(); }

  void play(std::function<void(Side&)> script) {
    thread_ = std::thread([this, script = std::move(script)] {
      Side side(listener_.get());
      try {
        script(side);
      } catch (const std::exception& thrown) {
        ADD_FAILURE() << thrown.what();
      }
    });
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  const std::string& host() const { return host_; }

 private:
  Descriptor listener_;
  std::string host_;
  std::thread thread_;
};

Bytes answer_to(const Heard& heard, std::uint8_t low) {
  return tcp_answer(heard.transaction, heard.request.unit, Bytes{heard.request.function(), 2, 0, low});
}

class TcpTest : public testing::Test {
 protected:
  void open() {
    GivenSettings settings;
    settings.text("transport", "tcp").text("host", server_.host()).integer("timeout", kTimeoutMs * 1000);
    bus_ = std::move(*Bus::create(settings.settings()));
    GivenDevice device;
    device.point().text("table", "input").integer("register", 0);
    device.point().text("table", "holding").integer("register", 0);
    ASSERT_TRUE(bus_->add_device(device.view()).ok());
    const auto opened = bus_->open();
    ASSERT_TRUE(opened.ok()) << opened.error().text;
  }
  driver::Outcome read() {
    const std::uint32_t points[] = {0};
    return bus_->perform(bus_->plan_read(0, points, {}).at(0));
  }
  driver::Outcome write() {
    const PointValue wanted[] = {{1, std::int64_t{7}, {}}};
    return bus_->perform(bus_->plan_write(0, wanted)->at(0));
  }
  ScriptedServer server_;
  std::unique_ptr<driver::Bus> bus_;
};

std::vector<PointValue> value(std::uint64_t number) { return {{0, number, {}}}; }

TEST_F(TcpTest, DropsAnswersWithAnotherNumberAndReadsOn) {
  server_.play([](auto& side) {
    side.accept();
    auto heard = side.hear();
    auto other = heard;
    other.transaction ^= 0x55;
    side.say(answer_to(other, 1));
    side.say(answer_to(heard, 77));
  });
  open();
  const auto outcome = read();
  EXPECT_EQ(outcome.values, value(77));
  EXPECT_EQ(outcome.damaged, 1u);
}

TEST_F(TcpTest, NeverTakesALateAnswerForTheNextOne) {
  server_.play([](auto& side) {
    side.accept();
    const auto late = side.hear();
    const auto next = side.hear();
    side.say(answer_to(late, 1));
    side.say(answer_to(next, 77));
  });
  open();
  EXPECT_EQ(read().reason, "timeout");
  EXPECT_EQ(read().values, value(77));
}

TEST_F(TcpTest, TakesAnAnswerByteByByte) {
  server_.play([](auto& side) {
    side.accept();
    for (const auto byte : answer_to(side.hear(), 77)) side.say({byte});
  });
  open();
  EXPECT_EQ(read().values, value(77));
}

TEST_F(TcpTest, ConnectsAgainWhereADeviceHangsUpAfterEachAnswer) {
  server_.play([](auto& side) {
    for (std::uint8_t i = 1; i <= 3; ++i) {
      side.accept();
      side.say(answer_to(side.hear(), i));
      side.hang_up();
    }
  });
  open();
  EXPECT_EQ(read().values, value(1));
  for (std::uint64_t i = 2; i <= 3; ++i) {
    auto outcome = read();
    // The hang-up may arrive only after the next request has left.
    if (outcome.code == Code::bus_gone) outcome = read();
    EXPECT_EQ(outcome.values, value(i));
  }
}

TEST_F(TcpTest, ReportsAConnectionClosedBeforeTheAnswer) {
  server_.play([](auto& side) {
    side.accept();
    side.hear();
    side.hang_up();
    side.accept();
    side.hear();
    side.hang_up();
  });
  open();
  EXPECT_EQ(read().code, Code::bus_gone);
  bus_->close();
  ASSERT_TRUE(bus_->open().ok());
  EXPECT_EQ(write().code, Code::unknown);
}

TEST_F(TcpTest, GivesUpOnWhatIsNotModbus) {
  server_.play([](auto& side) {
    side.accept();
    side.hear();
    side.say({'H', 'T', 'T', 'P', '/', '1', '.', '1'});
  });
  open();
  const auto outcome = read();
  EXPECT_EQ(outcome.code, Code::bus_gone);
  EXPECT_EQ(outcome.reason, "not modbus");
}

TEST_F(TcpTest, ConfirmsAWriteByItsEcho) {
  server_.play([](auto& side) {
    side.accept();
    const auto first = side.hear();
    side.say(tcp_answer(first.transaction, 1, first.request.pdu));
    auto second = side.hear();
    second.request.pdu[4] ^= 1;
    side.say(tcp_answer(second.transaction, 1, second.request.pdu));
  });
  open();
  EXPECT_EQ(write().code, Code::ok);
  EXPECT_EQ(write().code, Code::unknown);
}

TEST_F(TcpTest, ReportsTheAbsenceOfADeviceBehindAGateway) {
  server_.play([](auto& side) {
    side.accept();
    const auto heard = side.hear();
    side.say(tcp_answer(heard.transaction, 1, Bytes{0x84, 11}));
  });
  open();
  const auto outcome = read();
  EXPECT_EQ(outcome.code, Code::device);
  EXPECT_FALSE(outcome.answered);
}

TEST(TcpPort, SaysWhyThereIsNoConnection) {
  // Bound, but nobody listens.
  Descriptor idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(idle.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(idle.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto host = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  GivenSettings settings;
  settings.text("transport", "tcp").text("host", host);
  const auto bus = Bus::create(settings.settings());
  EXPECT_EQ((*bus)->open().error().text, "no connection to " + host + ": Connection refused");
}

}  // namespace
}  // namespace sluice::modbus
