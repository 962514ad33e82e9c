// The RTU line against a slave that misbehaves. The rule behind all of it: no value is ever handed
// out that is not the answer to the question.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include <atomic>

#include "drivers/modbus/bus.h"
#include "drivers/modbus/serial_port.h"
#include "tests/unit/drivers/driver_settings.h"
#include "tests/unit/drivers/scripted_slave.h"

namespace sluice::modbus {
namespace {

using driver::Code;
using driver::GivenDevice;
using driver::GivenSettings;
using driver::Outcome;
using driver::PointValue;
using driver::Value;
using namespace std::chrono_literals;

constexpr int kTimeoutMs = 120;

class RtuTest : public testing::Test {
 protected:
  RtuTest() { make_bus(); }

  void make_bus() {
    bus_.reset();
    GivenSettings settings;
    settings.text("transport", "rtu").text("port", line_.name()).text("serial", "115200-8N1");
    settings.integer("timeout", kTimeoutMs * 1000);
    bus_ = std::move(*Bus::create(settings.settings()));
    add_device(1);
    add_device(2);
    const auto opened = bus_->open();
    EXPECT_TRUE(opened.ok()) << opened.error().text;
  }

  /// Points 0 and 1 are single registers far apart, 2 lies beside 1, 3 is a coil, 4 is input 7 alone.
  void add_device(int unit) {
    GivenDevice device;
    device.settings.integer("unit", unit);
    device.point().text("table", "holding").integer("register", 10);
    device.point().text("table", "holding").integer("register", 1000);
    device.point().text("table", "holding").integer("register", 1001);
    device.point().text("table", "coil").integer("register", 5);
    device.point().text("table", "input").integer("register", 7);
    ASSERT_TRUE(bus_->add_device(device.view()).ok());
  }

  driver::Exchange exchange(std::vector<std::uint32_t> points, std::uint32_t device = 0) {
    auto plan = bus_->plan_read(device, points, {});
    EXPECT_EQ(plan.size(), 1u);
    return plan.at(0);
  }
  Outcome read(std::vector<std::uint32_t> points, std::uint32_t device = 0) {
    return bus_->perform(exchange(std::move(points), device));
  }
  Outcome write(std::uint32_t point, Value value) {
    const PointValue wanted[] = {{point, std::move(value), {}}};
    return bus_->perform(bus_->plan_write(0, wanted)->at(0));
  }

  PseudoTerminal line_;
  std::unique_ptr<driver::Bus> bus_;
};

std::vector<PointValue> value(std::uint32_t point, std::uint64_t number) { return {{point, number, {}}}; }

TEST_F(RtuTest, HandsOutAGoodAnswer) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    const auto request = side.hear();
    EXPECT_EQ(request, (Request{1, {3, 0, 10, 0, 1}}));
    side.say(counted_answer(request, 77));
  });
  const auto outcome = read({0});
  EXPECT_EQ(outcome.code, Code::ok);
  EXPECT_TRUE(outcome.answered);
  EXPECT_EQ(outcome.values, value(0, 77));
  EXPECT_EQ(outcome.damaged, 0u);
}

TEST_F(RtuTest, NeverTakesALateAnswerForTheNextOne) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    const auto late = side.hear();
    SlaveSide::take_time(std::chrono::milliseconds(kTimeoutMs * 2));
    side.say(counted_answer(late, 111));
    for (auto request = side.hear(); request.address() != 1000 || request.count() != 1; request = side.hear()) {
      side.say(counted_answer(request, 5));
    }
    side.say(registers_answer({1, {3, 0, 0, 0, 1}}, {222}));
  });
  const auto first = read({0});
  EXPECT_EQ(first.code, Code::retry);
  EXPECT_EQ(first.reason, "timeout");
  EXPECT_FALSE(first.answered);
  EXPECT_TRUE(first.values.empty());
  auto next = read({1});  // same unit, function and length: the late answer would fit
  if (next.code == Code::retry) next = read({1});
  EXPECT_EQ(next.values, value(1, 222));
}

TEST_F(RtuTest, NeverTakesAnAnswerForTheNextOneThatComesWhileThatIsAsked) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    const auto late = side.hear();
    const auto probe = side.hear();  // whose answer cannot be mistaken
    EXPECT_NE(expected_answer(probe), expected_answer(late));
    EXPECT_EQ(probe.address(), 1000);
    side.say(counted_answer(late, 111));
    side.say(counted_answer(probe, 5));
    side.say(counted_answer(side.hear(), 222));
  });
  EXPECT_EQ(read({0}).code, Code::retry);
  const auto next = read({1});
  EXPECT_EQ(next.code, Code::ok);
  EXPECT_EQ(next.values, value(1, 222));
  EXPECT_EQ(next.damaged, 1u);
}

TEST_F(RtuTest, AsksPlainlyWhereALateAnswerCouldNotBeMistaken) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    const auto late = side.hear();
    const auto longer = side.hear();
    EXPECT_EQ(longer.count(), 2);
    side.say(counted_answer(late, 111));
    side.say(counted_answer(longer, 30));
    side.say(counted_answer(side.hear(), 222));  // the longer answer has settled it: no probe any more
  });
  EXPECT_EQ(read({0}).code, Code::retry);
  EXPECT_EQ(read({1, 2}).values, (std::vector<PointValue>{{1, std::uint64_t{30}, {}}, {2, std::uint64_t{31}, {}}}));
  EXPECT_EQ(read({1}).values, value(1, 222));
}

TEST_F(RtuTest, AsksAnotherUnitPlainlyAndDropsTheLateAnswer) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    const auto late = side.hear();
    const auto other = side.hear();
    EXPECT_EQ(other.unit, 2);
    side.say(counted_answer(late, 111));
    side.say(counted_answer(other, 222));
  });
  EXPECT_EQ(read({0}, 0).code, Code::retry);
  const auto outcome = read({0}, 1);
  EXPECT_EQ(outcome.values, value(0, 222));
  EXPECT_EQ(outcome.damaged, 1u);
}

TEST_F(RtuTest, WaitsForTheValueWhereAnExceptionMayBeTheLateOne) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    const auto late = side.hear();
    const auto longer = side.hear();
    side.say(exception_answer(late, 2));
    side.say(counted_answer(longer, 30));
  });
  EXPECT_EQ(read({0}).code, Code::retry);
  const auto outcome = read({1, 2});
  EXPECT_EQ(outcome.code, Code::ok);
  EXPECT_EQ(outcome.values.size(), 2u);
}

TEST_F(RtuTest, DropsTheSecondCopyOfAnAnswer) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    const auto answer = counted_answer(side.hear(), 111);
    side.say(joined(answer, answer));
    side.say(counted_answer(side.hear(), 222));
  });
  const auto first = read({0});
  EXPECT_EQ(first.values, value(0, 111));
  const auto next = read({1});
  EXPECT_EQ(next.values, value(1, 222));
  EXPECT_EQ(first.damaged + next.damaged, 1u);
}

TEST_F(RtuTest, FindsTheAnswerBehindNoise) {
  for (const auto& noise : {Bytes{0x00}, Bytes{0xFF, 0x01, 0x55}, Bytes{0x01, 0x03}}) {
    ScriptedSlave slave(line_.master(),
                        [&](SlaveSide& side) { side.say(joined(noise, counted_answer(side.hear(), 77))); });
    const auto outcome = read({0});
    EXPECT_EQ(outcome.values, value(0, 77));
    EXPECT_EQ(outcome.damaged, 1u);
  }
}

TEST_F(RtuTest, DropsSurplusBehindTheAnswer) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    side.say(joined(counted_answer(side.hear(), 77), {0x13, 0x37}));
    side.say(counted_answer(side.hear(), 78));
  });
  EXPECT_EQ(read({0}).values, value(0, 77));
  EXPECT_EQ(read({1}).values, value(1, 78));
}

TEST_F(RtuTest, GivesNoValueForAWrongChecksumAndRecovers) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    auto damaged = counted_answer(side.hear(), 77);
    damaged[4] ^= 1;
    side.say(damaged);
    side.say(counted_answer(side.hear(), 78));
    side.say(counted_answer(side.hear(), 78));
  });
  const auto outcome = read({0});
  EXPECT_EQ(outcome.code, Code::retry);
  EXPECT_EQ(outcome.reason, "crc");
  EXPECT_EQ(outcome.damaged, 1u);
  EXPECT_TRUE(outcome.values.empty());
  EXPECT_EQ(read({0}).values, value(0, 78));
}

TEST_F(RtuTest, GivesNoValueForACutAnswerInBoundedTime) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    auto cut = counted_answer(side.hear(), 77);
    cut.erase(cut.end() - 3, cut.end());
    side.say(cut);
  });
  const auto begin = Clock::now();
  EXPECT_EQ(read({0}).reason, "incomplete");
  EXPECT_LT(Clock::now() - begin, 2s);
}

TEST_F(RtuTest, KeepsWaitingWhenAnotherUnitAnswers) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    auto request = side.hear();
    auto foreign = request;
    foreign.unit = 9;
    side.say(counted_answer(foreign, 1));
    SlaveSide::take_time(30ms);
    side.say(counted_answer(request, 77));
  });
  const auto outcome = read({0});
  EXPECT_EQ(outcome.values, value(0, 77));
  EXPECT_EQ(outcome.damaged, 1u);
}

TEST_F(RtuTest, GivesNoValueWhenUnitFunctionOrLengthIsNotTheOneAskedFor) {
  const auto damage = [](const Request& asked, int what) {
    auto request = asked;
    if (what == 0) request.unit = 9;
    if (what == 1) request.pdu[0] = kReadInput;
    return what == 2 ? registers_answer(request, {1, 2}) : counted_answer(request, 1);
  };
  for (int what = 0; what < 3; ++what) {
    ScriptedSlave slave(line_.master(), [&](SlaveSide& side) { side.say(damage(side.hear(), what)); });
    const auto outcome = read({0}, what == 0 ? 0 : 1);
    EXPECT_EQ(outcome.code, Code::retry);
    EXPECT_EQ(outcome.reason, what == 0 ? "foreign answer" : "wrong answer");
    EXPECT_TRUE(outcome.values.empty());
    EXPECT_EQ(slave.join(), "");
    make_bus();
  }
}

struct ExceptionCase {
  std::uint8_t exception;
  Code code;
  bool answered;
};

class RtuExceptionTest : public RtuTest, public testing::WithParamInterface<ExceptionCase> {};

TEST_P(RtuExceptionTest, IsNamedAfterWhatTheSchedulerDoesNext) {
  ScriptedSlave slave(line_.master(),
                      [](SlaveSide& side) { side.say(exception_answer(side.hear(), GetParam().exception)); });
  const auto outcome = read({0});
  EXPECT_EQ(outcome.code, GetParam().code);
  EXPECT_EQ(outcome.reason, "exception " + std::to_string(GetParam().exception));
  EXPECT_EQ(outcome.answered, GetParam().answered);
  EXPECT_EQ(outcome.later > 0ms, GetParam().code == Code::later);
}

INSTANTIATE_TEST_SUITE_P(Exceptions, RtuExceptionTest,
                         testing::Values(ExceptionCase{1, Code::refused, true}, ExceptionCase{2, Code::refused, true},
                                         ExceptionCase{3, Code::refused, true}, ExceptionCase{4, Code::device, true},
                                         ExceptionCase{5, Code::later, true}, ExceptionCase{6, Code::later, true},
                                         ExceptionCase{8, Code::device, true}, ExceptionCase{10, Code::device, false},
                                         ExceptionCase{11, Code::device, false},
                                         ExceptionCase{200, Code::device, true}));

TEST_F(RtuTest, TakesNoExceptionForAnotherFunction) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    auto request = side.hear();
    request.pdu[0] = kReadInput;
    side.say(exception_answer(request, 2));
  });
  EXPECT_EQ(read({0}).code, Code::retry);
}

TEST_F(RtuTest, EndsATrickleAtTheDeadlineOfTheWholeAnswer) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    for (const auto byte : counted_answer(side.hear(), 77)) {
      SlaveSide::take_time(40ms);
      side.say({byte});
    }
  });
  const auto asked = exchange({0});
  const auto begin = Clock::now();
  const auto outcome = bus_->perform(asked);
  EXPECT_EQ(outcome.code, Code::retry);
  EXPECT_LT(Clock::now() - begin, asked.worst);
}

TEST_F(RtuTest, GivesUpOnALineThatIsNeverQuietWithinTheWorstTime) {
  std::atomic<bool> is_over = false;
  ScriptedSlave slave(line_.master(), [&](SlaveSide& side) {
    while (!is_over) {
      side.say({0x55});
      SlaveSide::take_time(1ms);
    }
  });
  const auto asked = exchange({0});
  const auto begin = Clock::now();
  const auto outcome = bus_->perform(asked);
  const auto time = Clock::now() - begin;
  is_over = true;
  EXPECT_EQ(outcome.code, Code::retry);
  EXPECT_EQ(outcome.reason, "noise");
  EXPECT_GT(outcome.damaged, 0u);
  EXPECT_LT(time, asked.worst + 100ms);  // what a loaded machine adds
}

TEST_F(RtuTest, PutsOffWhatCouldBeMistakenWhereNothingElseMayBeRead) {
  GivenDevice device;
  device.settings.integer("unit", 3).ranges("legal", {{"holding", 10, 10}});
  device.point().text("table", "holding").integer("register", 10);
  ASSERT_TRUE(bus_->add_device(device.view()).ok());
  EXPECT_EQ(read({0}, 2).reason, "timeout");
  const auto outcome = read({0}, 2);
  EXPECT_EQ(outcome.code, Code::later);
  EXPECT_GT(outcome.later, 0ms);
  EXPECT_TRUE(outcome.values.empty());
}

TEST_F(RtuTest, StripsTheEchoOfItsOwnRequests) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    auto request = side.hear();
    side.say(joined(rtu_frame(request), counted_answer(request, 77)));
    request = side.hear();
    EXPECT_EQ(request.function(), kWriteRegister);
    side.say(joined(rtu_frame(request), rtu_frame(request)));
    side.say(rtu_frame(side.hear()));  // an echo alone confirms nothing
  });
  EXPECT_EQ(read({0}).values, value(0, 77));
  EXPECT_EQ(write(0, std::int64_t{5}).code, Code::ok);
  EXPECT_EQ(write(0, std::int64_t{6}).code, Code::unknown);
}

TEST_F(RtuTest, FindsOutAboutEchoesBeforeTheFirstWrite) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    const auto probe = side.hear();
    EXPECT_FALSE(probe.is_write());
    side.say(joined(rtu_frame(probe), counted_answer(probe, 1)));
    side.say(rtu_frame(side.hear()));
  });
  EXPECT_EQ(write(0, std::int64_t{5}).code, Code::unknown);
}

TEST_F(RtuTest, ConfirmsAWriteOnlyByItsOwnAddressAndValue) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    side.say(counted_answer(side.hear(), 1));
    side.say(rtu_frame(side.hear()));
    auto other = side.hear();
    other.pdu[4] ^= 1;
    side.say(rtu_frame(other));
  });
  EXPECT_EQ(read({0}).code, Code::ok);
  EXPECT_EQ(write(0, std::int64_t{5}).code, Code::ok);
  EXPECT_EQ(write(0, std::int64_t{6}).code, Code::unknown);
}

TEST_F(RtuTest, SaysThatItDoesNotKnowWhetherAnUnansweredWriteHappened) {
  ScriptedSlave slave(line_.master(), [](SlaveSide& side) {
    side.say(counted_answer(side.hear(), 1));
    side.hear();
  });
  EXPECT_EQ(read({0}).code, Code::ok);
  const auto outcome = write(0, std::int64_t{5});
  EXPECT_EQ(outcome.code, Code::unknown);
  EXPECT_EQ(outcome.reason, "timeout");
}

TEST_F(RtuTest, LearnsWhatADeviceRefusesUntilOnlyTheIllegalRegisterIsLeftOut) {
  const auto is_illegal = [](const Request& request) {
    return request.address() <= 1001 && request.address() + request.count() > 1001;
  };
  const auto answer_one = [&](SlaveSide& side) {
    const auto request = side.hear();
    side.say(is_illegal(request) ? exception_answer(request, 2) : counted_answer(request, 9));
  };
  ScriptedSlave slave(line_.master(), [&](SlaveSide& side) {
    for (int i = 0; i < 4; ++i) answer_one(side);
  });
  const auto refused = read({1, 2});
  EXPECT_EQ(refused.code, Code::refused);
  ASSERT_EQ(refused.facts.size(), 1u);
  EXPECT_EQ(refused.facts[0].text, "apart holding 1000 1001");
  const std::uint32_t both[] = {1, 2};
  const auto plan = bus_->plan_read(0, both, {});
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(bus_->perform(plan[0]).code, Code::ok);
  const auto illegal = bus_->perform(plan[1]);
  EXPECT_EQ(illegal.code, Code::refused);
  ASSERT_EQ(illegal.facts.size(), 1u);
  EXPECT_EQ(illegal.facts[0].text, "hole holding 1001 1001");
  EXPECT_EQ(bus_->perform(plan[0]).code, Code::ok);
}

TEST_F(RtuTest, ReportsAPulledAdapterAsTheBusGone) {
  line_.pull();
  const auto outcome = read({0});
  EXPECT_EQ(outcome.code, Code::bus_gone);
  EXPECT_EQ(outcome.reason, "port lost");
}

TEST_F(RtuTest, ReportsAnAdapterPulledBeforeTheAnswerAsTheBusGone) {
  ScriptedSlave slave(line_.master(), [&](SlaveSide& side) {
    side.hear();
    line_.pull();
  });
  const auto begin = Clock::now();
  EXPECT_EQ(read({0}).code, Code::bus_gone);
  EXPECT_LT(Clock::now() - begin, 5s);
}

std::string opening_error(const std::string& port) {
  GivenSettings settings;
  settings.text("transport", "rtu").text("port", port).text("serial", "9600-8N1");
  const auto bus = Bus::create(settings.settings());
  const auto opened = (*bus)->open();
  return opened.ok() ? "" : opened.error().text;
}

TEST(RtuPort, SaysWhyItCannotBeOpened) {
  EXPECT_EQ(opening_error("/dev/ttyNONE"), "port /dev/ttyNONE does not exist");
  EXPECT_EQ(opening_error("/dev/null"), "port /dev/null is no serial port");
  PseudoTerminal line;
  Descriptor other(::open(line.name().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(opening_error(line.name()), "port " + line.name() + " is held by another program");
}

TEST(RtuPort, IsHeldByItsOwnerAloneButNotBeyondHisEnd) {
  PseudoTerminal line;
  {
    SerialPort port(line.name(), {}, Rs485::automatic);
    ASSERT_TRUE(port.open().ok());
    EXPECT_EQ(opening_error(line.name()), "port " + line.name() + " is held by another program");
    int is_exclusive = -1;
    ASSERT_EQ(::ioctl(port.fd(), TIOCGEXCL, &is_exclusive), 0);
    EXPECT_EQ(is_exclusive, 0);
  }
  EXPECT_EQ(opening_error(line.name()), "");
}

TEST(RtuPort, WorksWithADescriptorAbove1023) {
  const rlimit many{4096, 4096};
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_GE(before.rlim_max, 2048u);
  const rlimit raised{std::min<rlim_t>(many.rlim_cur, before.rlim_max), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &raised), 0);
  PseudoTerminal line;
  std::vector<Descriptor> fillers;
  do {
    fillers.emplace_back(::dup(line.master()));
    ASSERT_TRUE(fillers.back().is_open());
  } while (fillers.back().get() < 1100);
  GivenSettings settings;
  settings.text("transport", "rtu").text("port", line.name()).text("serial", "115200-8N1").integer("timeout", 100'000);
  auto bus = Bus::create(settings.settings());
  GivenDevice device;
  device.settings.integer("unit", 1);
  device.point().text("table", "holding").integer("register", 10);
  ASSERT_TRUE((*bus)->add_device(device.view()).ok());
  ASSERT_TRUE((*bus)->open().ok());
  ScriptedSlave slave(line.master(), [](SlaveSide& side) { side.say(counted_answer(side.hear(), 77)); });
  const std::uint32_t all[] = {0};
  EXPECT_EQ((*bus)->perform((*bus)->plan_read(0, all, {}).at(0)).values, value(0, 77));
}

}  // namespace
}  // namespace sluice::modbus
