// The peers of the other tests against each other, without the gateway: what they report is so.
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/system/bench_site.h"

namespace sluice::testing {
namespace {

using cli::ChildProcess;
using cli::Ending;

MonotonicTime in(seconds time) { return monotonic_now() + time; }

TEST(ChildProcess, IsHeardAndAnsweredLineByLine) {
  const auto cat = ChildProcess::start({"cat"}).value();
  ASSERT_TRUE(cat->write_line("first"));
  ASSERT_TRUE(cat->write_line("second"));
  const auto line = cat->output().wait_for([](const std::string& text) { return text == "second"; }, in(seconds(10)));
  EXPECT_TRUE(line.has_value());
  EXPECT_EQ(cat->output().all(), (std::vector<std::string>{"first", "second"}));
}

TEST(ChildProcess, TellsHowItEnded) {
  EXPECT_EQ(ChildProcess::start({"sh", "-c", "exit 3"}).value()->wait_until(in(seconds(10))), (Ending{false, 3}));
  const auto killed = ChildProcess::start({"sleep", "60"}).value();
  EXPECT_EQ(killed->stop(in(seconds(10))), (Ending{true, SIGTERM}));
  EXPECT_EQ(ChildProcess::start({"/no/such/program"}).value()->wait_until(in(seconds(10))), (Ending{false, 127}));
}

TEST(ChildProcess, DoesNotEndItsParentByNotReading) {
  const auto deaf = ChildProcess::start({"true"}).value();
  ASSERT_TRUE(deaf->wait_until(in(seconds(10))).has_value());
  EXPECT_FALSE(deaf->write_line("is anybody there?"));
}

TEST(ChildProcess, EndsWithItsHolder) {
  pid_t pid = 0;
  {
    const auto child = ChildProcess::start({"sleep", "60"}).value();
    pid = child->pid();
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(ChildProcess, TakesWhatItStartedWithIt) {
  // The grandchild holds the pipes open: the test would wait for its end.
  const auto parent = ChildProcess::start({"sh", "-c", "sleep 600 & echo started; exit 0"}).value();
  EXPECT_EQ(parent->wait_until(in(seconds(10))), (Ending{false, 0}));
  EXPECT_FALSE(parent->output().wait_for([](const std::string& line) { return line == "never"; }, in(seconds(10))));
}

TEST(Harness, CountsWhatMosquittoAcceptedAndItsSubscriberReceivedAcrossAStop) {
  TempDir folder;
  Cloud cloud(folder);
  Subscriber subscriber(cloud.port(), "reader", "local/#");
  Publisher publisher("writer");
  ASSERT_TRUE(publisher.connect(cloud.port()));
  publisher.publish_for(seconds(1), 200, "local", 4);
  ASSERT_TRUE(publisher.settle());
  EXPECT_EQ(publisher.accepted().size(), 200U);

  cloud.stop();
  EXPECT_FALSE(publisher.connect(cloud.port()));
  cloud.start();
  ASSERT_TRUE(publisher.connect(cloud.port()));
  publisher.publish_for(seconds(1), 200, "local", 4);
  ASSERT_TRUE(publisher.settle());
  publish_once(cloud.port(), "local/end", "0");
  ASSERT_TRUE(subscriber.wait_for(on_topic("local/end")).has_value());
  EXPECT_EQ(subscriber.all().size(), 401U);
}

TEST(Harness, ReservesAPortOnce) {
  const ReservedPort first;
  const ReservedPort second;
  EXPECT_NE(first.number(), second.number());
}

}  // namespace
}  // namespace sluice::testing
