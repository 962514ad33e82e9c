// What is reported as stored survives SIGKILL. A child process appends and tells through a pipe
// what the store reported; the parent kills it at a random moment and looks into the store.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <set>

#include "tests/unit/store/store_fixture.h"

namespace sluice::store {
namespace {

constexpr int kKills = 20;

/// Appends numbered messages for ever and writes each number into the pipe once it is stored.
[[noreturn]] void append_until_killed(const Settings& settings, int pipe, std::uint64_t first) {
  auto opened = Store::open(settings, [] {});
  if (!opened) ::_exit(1);
  auto& store = **opened;
  std::uint64_t reported = 0;  // messages of this process; the ticket of the n-th is n
  for (std::uint64_t n = 1;; ++n) {
    Ticket ticket = 0;
    const auto urgency = n % 3 == 0 ? Urgency::awaited : Urgency::telemetry;
    if (store.append(0, message("t", std::to_string(first + n - 1)), urgency, ticket) != Append::accepted) ::_exit(2);
    // Acknowledged as by a cloud, so that removing goes on at the same time.
    if (n % 64 == 0 && reported > 64) store.delivered(0, store.delivered_up_to(0) + 16);
    while (n - store.stored_up_to() > 200) std::this_thread::yield();
    for (const auto stored = store.stored_up_to(); reported < stored;) {
      const auto number = first + reported++;
      if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(3);
    }
  }
}

struct Reported {
  std::uint64_t last = 0;
  int status = 0;
};

/// Runs a child until `delay` after its first report, then kills it.
Reported run_and_kill(const Settings& settings, std::uint64_t first, std::chrono::microseconds delay) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    append_until_killed(settings, ends[1], first);
  }
  ::close(ends[1]);
  Reported reported;
  std::uint64_t number = 0;
  MonotonicTime kill_at = MonotonicTime::max();
  bool killed = false;
  while (::read(ends[0], &number, sizeof number) == sizeof number) {
    reported.last = number;
    if (kill_at == MonotonicTime::max()) kill_at = monotonic_now() + delay;
    if (!killed && monotonic_now() >= kill_at) {
      ::kill(child, SIGKILL);
      killed = true;
    }
  }
  ::close(ends[0]);
  EXPECT_EQ(::waitpid(child, &reported.status, 0), child);
  return reported;
}

TEST(StoreKilled, HoldsEverythingThatWasReportedAsStored) {
  const TempDir directory;
  const auto settings = settings_in(directory.path() / "store");
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> delay_us(0, 60000);
  std::set<std::uint64_t> epochs;
  std::uint64_t next = 1;
  std::uint64_t last_sequence = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    const auto reported = run_and_kill(settings, next, std::chrono::microseconds(delay_us(random)));
    ASSERT_TRUE(WIFSIGNALED(reported.status)) << "the child ended by itself: " << reported.status;

    auto store = open_store(settings);
    ASSERT_NE(store, nullptr);
    const auto found = fetch(*store, store->delivered_up_to(0));
    ASSERT_FALSE(found.empty());
    // Numbers and sequences rise in step, so what is there is there without a hole.
    for (std::size_t n = 1; n < found.size(); ++n) {
      ASSERT_EQ(found[n].sequence, found[n - 1].sequence + 1);
      ASSERT_EQ(std::stoull(found[n].message->payload), std::stoull(found[n - 1].message->payload) + 1);
    }
    EXPECT_EQ(found.front().sequence, store->delivered_up_to(0) + 1);
    const auto last = std::stoull(found.back().message->payload);
    EXPECT_GE(last, reported.last) << "reported as stored and not there";
    EXPECT_GT(found.back().sequence, last_sequence);
    EXPECT_TRUE(epochs.insert(found.back().epoch).second) << "an epoch was used again";
    last_sequence = found.back().sequence;
    next = last + 1;
    ASSERT_TRUE(stop(*store));
  }
}

}  // namespace
}  // namespace sluice::store
