#include "broker/access/gatekeeper.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/access/sample_passwords.h"

namespace sluice::access {
namespace {

using Verdict = Gatekeeper::Verdict;

// The broker thread is the test's: what is posted runs when the test says so.
class GatekeeperTest : public testing::Test {
 protected:
  static PasswordFile users(std::string_view text) {
    auto file = PasswordFile::parse(text, "users");
    EXPECT_TRUE(file);
    return std::move(*file);
  }

  void ask(std::string user, std::string password) {
    gatekeeper_->check(std::move(user), Secret(std::move(password)), [this](Verdict verdict) {
      EXPECT_EQ(std::this_thread::get_id(), broker_thread_);
      verdicts_.push_back(verdict);
    });
  }

  void run_until(std::size_t verdicts) {
    const auto deadline = monotonic_now() + std::chrono::seconds(30);
    while (verdicts_.size() < verdicts && monotonic_now() < deadline) {
      for (auto& function : posted_.wait_drain(deadline)) function();
    }
    ASSERT_EQ(verdicts_.size(), verdicts);
  }

  const std::thread::id broker_thread_ = std::this_thread::get_id();
  Channel<std::function<void()>> posted_{1000};
  std::vector<Verdict> verdicts_;
  std::unique_ptr<Gatekeeper> gatekeeper_ = std::make_unique<Gatekeeper>(
      users(std::string(test::kAlice) + test::kBob), [this](std::function<void()> function) {
        EXPECT_NE(std::this_thread::get_id(), broker_thread_);
        EXPECT_TRUE(posted_.push(std::move(function)));
      });
};

TEST_F(GatekeeperTest, AnswersLaterOnTheThreadThatAsked) {
  ask("alice", "secret");
  ask("alice", "wrong");
  ask("nobody", "secret");
  EXPECT_TRUE(verdicts_.empty());
  run_until(3);
  EXPECT_EQ(verdicts_, (std::vector{Verdict::right, Verdict::wrong, Verdict::wrong}));
}

TEST_F(GatekeeperTest, RecognisesAtOnceWhatWasRightBefore) {
  ask("alice", "secret");
  run_until(1);
  ask("alice", "secret");
  EXPECT_EQ(verdicts_, (std::vector{Verdict::right, Verdict::right}));
}

TEST_F(GatekeeperTest, RecognisesNothingElse) {
  ask("alice", "secret");
  ask("bob", "wrong");
  run_until(2);
  ask("alice", "wrong");
  ask("bob", "wrong");
  ask("bob", "secret");
  ask("alices", "ecret");
  EXPECT_EQ(verdicts_.size(), 2u);
  run_until(6);
  for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(verdicts_[i], Verdict::wrong);
}

TEST_F(GatekeeperTest, IsBusyInsteadOfQueueingWithoutEnd) {
  for (int i = 0; i < 100; ++i) ask("nobody", "x");
  EXPECT_EQ(verdicts_.size(), 100u - 64u);
  for (const auto verdict : verdicts_) EXPECT_EQ(verdict, Verdict::busy);
  run_until(100);
  ask("alice", "secret");
  run_until(101);
  EXPECT_EQ(verdicts_.back(), Verdict::right);
}

TEST_F(GatekeeperTest, OwesNoAnswersOnceItHasEnded) {
  for (int i = 0; i < 10; ++i) ask("alice", "secret");
  gatekeeper_.reset();
  for (auto& function : posted_.drain()) function();
  EXPECT_TRUE(verdicts_.empty());
}

}  // namespace
}  // namespace sluice::access
