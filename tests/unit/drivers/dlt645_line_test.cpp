// The line against a meter that misbehaves. The rule behind all of it: no value is ever handed out
// that is not the answer to the question.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/file.h>

#include <atomic>
#include <functional>
#include <thread>

#include "drivers/dlt645/bus.h"
#include "tests/unit/drivers/driver_settings.h"
#include "tests/unit/drivers/pseudo_terminal.h"

namespace sluice::dlt645 {
namespace {

using driver::Code;
using driver::GivenDevice;
using driver::GivenSettings;
using driver::Outcome;
using driver::PointValue;
using modbus::PseudoTerminal;
using namespace std::chrono_literals;

constexpr auto kTimeout = 120ms;
constexpr Address kMeter{0x61, 0x01, 0, 0, 0, 0};
constexpr Address kOther{0x62, 0x01, 0, 0, 0, 0};

/// The meter's end of the line, as a script sees it.
class MeterSide {
 public:
  explicit MeterSide(int fd) : fd_(fd) {}

  /// The next question, which fails the script when there is none within two seconds.
  Question hear() {
    const auto deadline = Clock::now() + 2s;
    while (true) {
      const auto finding = find_frame(received_);
      const auto used = static_cast<std::ptrdiff_t>(finding.lead + finding.size);
      received_.erase(received_.begin(), received_.begin() + used);
      if (finding.what == Found::frame) {
        if (const auto question = question_in(finding.frame)) return *question;
        continue;
      }
      std::uint8_t buffer[256];
      if (modbus::wait_for(fd_, POLLIN, deadline) != modbus::Ready::yes) throw std::runtime_error("nothing was asked");
      const auto count = ::read(fd_, buffer, sizeof buffer);
      if (count <= 0) throw std::runtime_error("the line is gone");
      received_.insert(received_.end(), buffer, buffer + count);
    }
  }

  void say(const Bytes& bytes) {
    if (::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("the line is full");
    }
  }
  void say(const Frame& frame) { say(to_bytes(frame, 4)); }

  /// Part of the behaviour under test, not a wait for it.
  static void take_time(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

 private:
  int fd_;
  Bytes received_;
};

/// Runs a script beside the test, whose end waits for it and reports what it threw.
class ScriptedMeter {
 public:
  ScriptedMeter(int fd, std::function<void(MeterSide&)> script)
      : thread_([this, fd, script = std::move(script)] {
          MeterSide side(fd);
          try {
            script(side);
          } catch (const std::exception& thrown) {
            failure_ = thrown.what();
          }
        }) {}
  ~ScriptedMeter() {
    thread_.join();
    EXPECT_EQ(failure_, "");
  }

 private:
  std::string failure_;
  std::thread thread_;
};

/// An answer with a number of four digits.
Frame reading(const Question& question, unsigned number, const Address& meter = kMeter) {
  return answer_to(question, meter, *encode({Form::bcd, 4}, std::uint64_t{number}));
}

class Dlt645Line : public testing::Test {
 protected:
  Dlt645Line() { make_bus("000000000161"); }

  /// Points 0 and 1 are two items of four digits.
  void make_bus(const char* address) {
    bus_.reset();
    GivenSettings settings;
    settings.text("port", line_.name()).text("serial", "115200-8E1");
    settings.integer("timeout", std::chrono::microseconds(kTimeout).count()).integer("quiet", 5'000);
    bus_ = std::move(*Bus::create(settings.settings()));
    GivenDevice device;
    device.settings.text("address", address);
    device.point().text("item", "02010100").integer("digits", 4);
    device.point().text("item", "02010200").integer("digits", 4);
    ASSERT_TRUE(bus_->add_device(device.view()).ok());
    const auto opened = bus_->open();
    ASSERT_TRUE(opened.ok()) << opened.error().text;
  }

  Outcome read(std::uint32_t point) {
    const auto plan = bus_->plan_read(0, std::span(&point, 1), {});
    const auto begin = Clock::now();
    auto outcome = bus_->perform(plan.at(0));
    // An assumption of the gateway's; the allowance is for a busy test machine.
    EXPECT_LT(Clock::now() - begin, plan.at(0).worst + 1s);
    return outcome;
  }

  PseudoTerminal line_;
  std::unique_ptr<driver::Bus> bus_;
};

std::vector<PointValue> value(std::uint32_t point, std::uint64_t number) { return {{point, number, {}}}; }

TEST_F(Dlt645Line, HandsOutAGoodAnswer) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto question = side.hear();
    EXPECT_EQ(question, (Question{Version::v2007, kMeter, {0x00, 0x01, 0x01, 0x02}}));
    side.say(reading(question, 2302));
  });
  const auto outcome = read(0);
  EXPECT_EQ(outcome.code, Code::ok);
  EXPECT_TRUE(outcome.answered);
  EXPECT_EQ(outcome.values, value(0, 2302));
  EXPECT_EQ(outcome.damaged, 0u);
}

TEST_F(Dlt645Line, PutsAnAnswerTogetherThatComesByteByByte) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    for (const auto byte : to_bytes(reading(side.hear(), 2302), 4)) side.say(Bytes{byte});
  });
  EXPECT_EQ(read(0).values, value(0, 2302));
}

TEST_F(Dlt645Line, SaysWhenNothingComes) {
  const auto outcome = read(0);
  EXPECT_EQ(outcome.code, Code::retry);
  EXPECT_EQ(outcome.reason, "timeout");
  EXPECT_FALSE(outcome.answered);
  EXPECT_TRUE(outcome.values.empty());
  EXPECT_GE(outcome.wire, kTimeout);
}

TEST_F(Dlt645Line, DropsALateAnswerThatComesBeforeTheNextQuestion) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto late = side.hear();
    MeterSide::take_time(kTimeout + 60ms);
    side.say(reading(late, 111));
    side.say(reading(side.hear(), 222));
  });
  EXPECT_EQ(read(0).reason, "timeout");
  MeterSide::take_time(100ms);
  const auto next = read(0);
  EXPECT_EQ(next.values, value(0, 222));
  EXPECT_EQ(next.damaged, 1u);
}

TEST_F(Dlt645Line, NeverTakesALateAnswerForThatAboutAnotherItem) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto late = side.hear();
    const auto question = side.hear();
    side.say(reading(late, 111));
    side.say(reading(question, 222));
  });
  EXPECT_EQ(read(0).code, Code::retry);
  const auto next = read(1);
  EXPECT_EQ(next.values, value(1, 222));
  EXPECT_EQ(next.damaged, 1u);
}

TEST_F(Dlt645Line, TakesNothingFromAnotherMeter) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto question = side.hear();
    side.say(reading(question, 111, kOther));
    side.say(reading(question, 222));
    side.say(reading(side.hear(), 111, kOther));
  });
  EXPECT_EQ(read(0).values, value(0, 222));
  const auto alone = read(0);
  EXPECT_EQ(alone.code, Code::retry);
  EXPECT_EQ(alone.reason, "foreign answer");
  EXPECT_FALSE(alone.answered);
}

TEST_F(Dlt645Line, TakesNothingAboutAnotherItem) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    auto question = side.hear();
    question.item[1] = 2;
    side.say(reading(question, 111));
  });
  const auto outcome = read(0);
  EXPECT_EQ(outcome.code, Code::retry);
  EXPECT_EQ(outcome.reason, "wrong answer");
  EXPECT_TRUE(outcome.answered) << "the meter is alive";
  EXPECT_TRUE(outcome.values.empty());
}

TEST_F(Dlt645Line, TakesNothingDamaged) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    auto bytes = to_bytes(reading(side.hear(), 111), 4);
    bytes[bytes.size() - 3] ^= 1;
    side.say(bytes);
    bytes = to_bytes(reading(side.hear(), 111), 4);
    bytes.pop_back();
    side.say(bytes);
    side.hear();
    side.say(Bytes{0x00, 0x16, 0xFF});
  });
  for (const auto* reason : {"checksum", "incomplete", "noise"}) {
    const auto outcome = read(0);
    EXPECT_EQ(outcome.code, Code::retry);
    EXPECT_EQ(outcome.reason, reason);
    EXPECT_EQ(outcome.damaged, 1u) << reason;
    EXPECT_TRUE(outcome.values.empty());
  }
}

TEST_F(Dlt645Line, FindsTheAnswerBehindNoise) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto question = side.hear();
    side.say(Bytes{0x00, 0x68, 0x05});
    side.say(reading(question, 222));
  });
  const auto outcome = read(0);
  EXPECT_EQ(outcome.values, value(0, 222));
  EXPECT_GE(outcome.damaged, 1u) << "a burst may come in portions";
}

TEST_F(Dlt645Line, DropsSurplusBytesBeforeTheNextQuestion) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    auto doubled = to_bytes(reading(side.hear(), 111), 4);
    doubled.insert(doubled.end(), doubled.begin(), doubled.end());
    side.say(doubled);
    side.say(reading(side.hear(), 222));
  });
  EXPECT_EQ(read(0).values, value(0, 111));
  EXPECT_EQ(read(0).values, value(0, 222));
}

TEST_F(Dlt645Line, HearsItsOwnEchoWithoutHarm) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto question = side.hear();
    side.say(request_for(question));
    side.say(reading(question, 222));
    side.say(request_for(side.hear()));
  });
  const auto outcome = read(0);
  EXPECT_EQ(outcome.values, value(0, 222));
  EXPECT_EQ(outcome.damaged, 0u);
  EXPECT_EQ(read(0).reason, "timeout") << "an echo alone is no answer";
}

TEST_F(Dlt645Line, SaysWhatTheMeterRefuses) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    side.say(error_to(side.hear(), kMeter, kNoSuchItem));
    side.say(error_to(side.hear(), kMeter, 0x01));
  });
  const auto refused = read(0);
  EXPECT_EQ(refused.code, Code::refused);
  EXPECT_EQ(refused.reason, "no such item");
  EXPECT_TRUE(refused.answered);
  EXPECT_EQ(read(0).code, Code::device);
}

TEST_F(Dlt645Line, BelievesNoErrorThatMayBeAboutAnOlderQuestion) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto late = side.hear();
    const auto question = side.hear();
    side.say(error_to(late, kMeter, kNoSuchItem));
    side.say(reading(question, 222));
    side.say(error_to(side.hear(), kMeter, kNoSuchItem));
  });
  EXPECT_EQ(read(0).code, Code::retry);
  EXPECT_EQ(read(1).values, value(1, 222));
  EXPECT_EQ(read(0).code, Code::refused) << "the answer has settled the older question";
}

TEST_F(Dlt645Line, ConcludesNothingForGoodFromAnErrorThatMayBeAboutAnOlderQuestion) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto late = side.hear();
    side.hear();
    side.say(error_to(late, kMeter, kNoSuchItem));
  });
  EXPECT_EQ(read(0).code, Code::retry);
  const auto outcome = read(1);
  EXPECT_EQ(outcome.code, Code::device);
  EXPECT_TRUE(outcome.answered);
}

TEST_F(Dlt645Line, TakesNoPartOfAnItemForTheWhole) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    auto part = reading(side.hear(), 111);
    part.control |= 0x20;
    side.say(part);
  });
  const auto outcome = read(0);
  EXPECT_EQ(outcome.code, Code::refused);
  EXPECT_EQ(outcome.reason, "several frames");
  EXPECT_TRUE(outcome.values.empty());
}

TEST_F(Dlt645Line, HasNoValueWhereTheItemHasAnotherLength) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    side.say(answer_to(side.hear(), kMeter, Bytes{0x02, 0x23, 0x00}));
  });
  const auto outcome = read(0);
  EXPECT_EQ(outcome.code, Code::ok);
  EXPECT_EQ(outcome.values, (std::vector<PointValue>{{0, {}, "wrong length"}}));
}

TEST_F(Dlt645Line, EndsATrickleOfBytesAtItsDeadline) {
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    const auto bytes = to_bytes({kMeter, 0x91, Bytes(200, 0)}, 0);
    side.hear();
    for (std::size_t i = 0; i < 40; ++i) {
      side.say(Bytes{bytes[i]});
      MeterSide::take_time(10ms);
    }
  });
  const auto outcome = read(0);
  EXPECT_EQ(outcome.reason, "incomplete");
}

TEST_F(Dlt645Line, AsksNothingOnALineThatIsNeverQuiet) {
  std::atomic<bool> is_done = false;
  ScriptedMeter meter(line_.master(), [&](MeterSide& side) {
    for (side.hear(); !is_done; MeterSide::take_time(2ms)) side.say(Bytes{0x00});
  });
  EXPECT_EQ(read(0).reason, "noise");
  const auto outcome = read(0);
  is_done = true;
  EXPECT_EQ(outcome.code, Code::retry);
  EXPECT_EQ(outcome.reason, "noise");
}

TEST_F(Dlt645Line, NeverMixesTwoMetersUnderTheWildcard) {
  make_bus("AAAAAAAAAAAA");
  ScriptedMeter meter(line_.master(), [](MeterSide& side) {
    EXPECT_EQ(side.hear().address, kAnyMeter);
    side.say(reading({Version::v2007, kAnyMeter, {0x00, 0x01, 0x01, 0x02}}, 111));
    side.say(reading(side.hear(), 999, kOther));
    side.say(reading(side.hear(), 222));
  });
  EXPECT_EQ(read(0).values, value(0, 111));
  EXPECT_EQ(read(0).reason, "foreign answer");
  EXPECT_EQ(read(0).values, value(0, 222));
}

TEST_F(Dlt645Line, SaysThatThePortIsGone) {
  line_.pull();
  EXPECT_EQ(read(0).code, Code::bus_gone);
}

TEST_F(Dlt645Line, OpensAgain) {
  bus_->close();
  ASSERT_TRUE(bus_->open().ok());
  ScriptedMeter meter(line_.master(), [](MeterSide& side) { side.say(reading(side.hear(), 222)); });
  EXPECT_EQ(read(0).values, value(0, 222));
}

TEST_F(Dlt645Line, KeepsThePortForItself) {
  SerialPort second(line_.name(), {});
  const auto opened = second.open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().text, "port " + line_.name() + " is held by another program");
  bus_->close();
  EXPECT_TRUE(second.open().ok());
}

TEST(Dlt645SerialPort, SaysWhatStandsInTheWay) {
  EXPECT_EQ(SerialPort("/nonexistent/port", {}).open().error().text, "port /nonexistent/port does not exist");
  EXPECT_EQ(SerialPort("/dev/null", {}).open().error().text, "port /dev/null is no serial port");
}

}  // namespace
}  // namespace sluice::dlt645
