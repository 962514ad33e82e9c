#include "broker/store/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <set>

#include "tests/unit/store/store_fixture.h"

namespace sluice::store {
namespace {

class StoreTest : public ::testing::Test {
 protected:
  Settings settings() const { return settings_in(directory_.path() / "store"); }
  std::filesystem::path database() const { return directory_.path() / "store" / "outbox.db"; }

  TempDir directory_;
};

TEST_F(StoreTest, GivesMessagesInTheOrderInWhichTheyCame) {
  auto store = open_store(settings());
  Ticket last = 0;
  for (int n = 0; n < 500; ++n) last = append(*store, message("t", std::to_string(n)));
  ASSERT_TRUE(wait_until_stored(*store, last));
  const auto found = fetch(*store);
  ASSERT_EQ(found.size(), 500u);
  for (std::size_t n = 0; n < found.size(); ++n) {
    EXPECT_EQ(found[n].message->payload, std::to_string(n));
    EXPECT_EQ(found[n].sequence, n + 1);
    EXPECT_EQ(found[n].epoch, found[0].epoch);
  }
}

TEST_F(StoreTest, CountsTicketsFromOneInCallOrder) {
  auto store = open_store(settings());
  EXPECT_EQ(append(*store, message("t", "a")), 1u);
  EXPECT_EQ(append(*store, message("t", "b"), Urgency::telemetry), 2u);
  EXPECT_EQ(append(*store, message("t", "c")), 3u);
}

TEST_F(StoreTest, FetchesInSlices) {
  auto store = open_store(settings());
  Ticket last = 0;
  for (int n = 0; n < 10; ++n) last = append(*store, message("t", std::string(1000, 'x')));
  ASSERT_TRUE(wait_until_stored(*store, last));
  EXPECT_EQ(fetch(*store, 0, 3).size(), 3u);
  EXPECT_EQ(fetch(*store, 8, 3).size(), 2u);
  EXPECT_EQ(fetch(*store, 10, 3).size(), 0u);
  EXPECT_EQ(fetch(*store, 0, 100, 2500).size(), 3u);
  EXPECT_EQ(fetch(*store, 0, 100, 1).size(), 1u);
}

TEST_F(StoreTest, KeepsStreamsApart) {
  auto both = settings();
  both.streams = {"cloud", "operator"};
  auto store = open_store(both);
  append(*store, message("t", "a"), Urgency::awaited, 0);
  append(*store, message("t", "b"), Urgency::awaited, 1);
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "c"), Urgency::awaited, 1)));
  EXPECT_EQ(payloads(fetch(*store, 0, 10, 1000, 0)), (std::vector<std::string>{"a"}));
  EXPECT_EQ(payloads(fetch(*store, 0, 10, 1000, 1)), (std::vector<std::string>{"b", "c"}));
}

TEST_F(StoreTest, FindsStreamsByNameAndKeepsThoseThatAreNoLongerNamed) {
  auto two = settings();
  two.streams = {"cloud", "operator"};
  auto store = open_store(two);
  append(*store, message("t", "a"), Urgency::awaited, 0);
  append(*store, message("t", "b"), Urgency::awaited, 1);
  ASSERT_TRUE(stop(*store));
  store.reset();

  two.streams = {"operator"};
  store = open_store(two);
  EXPECT_EQ(payloads(fetch(*store)), (std::vector<std::string>{"b"}));
  ASSERT_TRUE(stop(*store));
  store.reset();

  two.streams = {"new", "cloud"};
  store = open_store(two);
  EXPECT_EQ(payloads(fetch(*store, 0, 10, 1000, 0)), (std::vector<std::string>{}));
  EXPECT_EQ(payloads(fetch(*store, 0, 10, 1000, 1)), (std::vector<std::string>{"a"}));
}

TEST_F(StoreTest, AwaitedMessagesDoNotWaitForTheirGroup) {
  auto slow = settings();
  slow.telemetry_window = std::chrono::hours(1);
  auto store = open_store(slow);
  EXPECT_TRUE(wait_until_stored(*store, append(*store, message("t", "a"))));
}

TEST_F(StoreTest, TelemetryWaitsForItsGroup) {
  auto slow = settings();
  slow.telemetry_window = std::chrono::hours(1);
  slow.telemetry_group = 10;
  auto store = open_store(slow);
  for (int n = 0; n < 9; ++n) append(*store, message("t", "a"), Urgency::telemetry);
  EXPECT_EQ(fetch(*store).size(), 0u);  // the store thread has been here, and has not committed
  EXPECT_EQ(store->stored_up_to(), 0u);
  const auto last = append(*store, message("t", "a"), Urgency::telemetry);
  EXPECT_TRUE(wait_until_stored(*store, last));
}

TEST_F(StoreTest, TelemetryWaitsNoLongerThanItsWindow) {
  auto store = open_store(settings());
  const auto begun = monotonic_now();
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "a"), Urgency::telemetry)));
  EXPECT_GE(monotonic_now() - begun, std::chrono::milliseconds(240));
}

TEST_F(StoreTest, AnAwaitedMessageTakesEarlierTelemetryAlong) {
  auto slow = settings();
  slow.telemetry_window = std::chrono::hours(1);
  auto store = open_store(slow);
  append(*store, message("t", "a"), Urgency::telemetry);
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "b"))));
  EXPECT_EQ(payloads(fetch(*store)), (std::vector<std::string>{"a", "b"}));
}

TEST_F(StoreTest, RemovesWhatWasDelivered) {
  auto store = open_store(settings());
  Ticket last = 0;
  for (int n = 0; n < 300; ++n) last = append(*store, message("t", std::to_string(n)));
  ASSERT_TRUE(wait_until_stored(*store, last));
  EXPECT_EQ(store->figures(0).messages, 300u);
  store->delivered(0, 299);
  EXPECT_EQ(store->figures(0).messages, 1u);
  EXPECT_EQ(store->delivered_up_to(0), 299u);
  EXPECT_TRUE(eventually([&] { return store->figures(0).bytes < 100; }));
  EXPECT_EQ(payloads(fetch(*store)), (std::vector<std::string>{"299"}));
}

TEST_F(StoreTest, RemovesInPiecesWhatIsTooMuchForOneTransaction) {
  auto store = open_store(settings());
  Ticket last = 0;
  for (int n = 0; n < 1800; ++n) last = append(*store, message("t", "a"), Urgency::telemetry);
  ASSERT_TRUE(wait_until_stored(*store, last));
  store->delivered(0, 1800);
  EXPECT_TRUE(eventually([&] { return store->figures(0).bytes == 0; }));
  EXPECT_EQ(store->figures(0).messages, 0u);
  EXPECT_EQ(fetch(*store).size(), 0u);
}

TEST_F(StoreTest, CommitsAFewAcknowledgementsWhenIdle) {
  auto store = open_store(settings());
  append(*store, message("t", "a"));
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "b"))));
  store->delivered(0, 1);
  EXPECT_TRUE(eventually([&] { return fetch(*store).size() == 1; }));
}

TEST_F(StoreTest, GoesOnAfterWhatWasDeliveredBefore) {
  auto store = open_store(settings());
  for (int n = 0; n < 10; ++n) append(*store, message("t", std::to_string(n)));
  ASSERT_TRUE(wait_until_stored(*store, 10));
  const auto epoch = fetch(*store)[0].epoch;
  store->delivered(0, 7);
  ASSERT_TRUE(stop(*store));
  store.reset();

  store = open_store(settings());
  EXPECT_EQ(store->delivered_up_to(0), 7u);
  EXPECT_EQ(store->figures(0).messages, 3u);
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "new"))));
  const auto found = fetch(*store, store->delivered_up_to(0));
  EXPECT_EQ(payloads(found), (std::vector<std::string>{"7", "8", "9", "new"}));
  EXPECT_EQ(found[0].epoch, epoch);
  EXPECT_NE(found[3].epoch, epoch);
  EXPECT_EQ(found[3].sequence, 11u);
}

TEST_F(StoreTest, NeverUsesASequenceNumberAgainEvenWhenAllIsDelivered) {
  auto store = open_store(settings());
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "a"))));
  store->delivered(0, 1);
  ASSERT_TRUE(stop(*store));
  store.reset();
  store = open_store(settings());
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "b"))));
  EXPECT_EQ(fetch(*store)[0].sequence, 2u);
}

TEST_F(StoreTest, StopCommitsWhatWasAccepted) {
  auto slow = settings();
  slow.telemetry_window = std::chrono::hours(1);
  auto store = open_store(slow);
  const auto ticket = append(*store, message("t", "a"), Urgency::telemetry);
  ASSERT_TRUE(stop(*store));
  EXPECT_EQ(store->stored_up_to(), ticket);
  store.reset();
  store = open_store(slow);
  EXPECT_EQ(payloads(fetch(*store)), (std::vector<std::string>{"a"}));
}

TEST_F(StoreTest, RefusesWhenTheStreamIsFullAndTakesAgainWhenThereIsRoom) {
  auto small = settings();
  small.streams = {"cloud", "operator"};
  small.max_queued_bytes = 10000;
  auto store = open_store(small);
  Ticket last = 0;
  Ticket ticket = 0;
  while (store->append(0, message("t", std::string(1000, 'x')), Urgency::awaited, ticket) == Append::accepted) {
    last = ticket;
  }
  EXPECT_EQ(last, 9u);
  EXPECT_EQ(store->append(0, message("t", std::string(1000, 'x')), Urgency::awaited, ticket), Append::full);
  EXPECT_EQ(store->figures(0).refused, 2u);
  EXPECT_NE(append(*store, message("t", std::string(1000, 'x')), Urgency::awaited, 1), 0u);

  ASSERT_TRUE(wait_until_stored(*store, last));
  EXPECT_LE(store->figures(0).bytes, 10000u);
  store->delivered(0, 5);
  append(*store, message("t", "rides"), Urgency::awaited, 1);
  EXPECT_TRUE(eventually([&] { return append(*store, message("t", std::string(1000, 'x'))) != 0; }));
}

TEST_F(StoreTest, BoundsWhatIsNotYetCommitted) {
  auto small = settings();
  small.max_pending_bytes = 5000;
  small.telemetry_window = std::chrono::hours(1);
  auto store = open_store(small);
  Ticket ticket = 0;
  for (int n = 0; n < 4; ++n) EXPECT_NE(append(*store, message("t", std::string(1000, 'x')), Urgency::telemetry), 0u);
  EXPECT_EQ(store->append(0, message("t", std::string(1000, 'x')), Urgency::telemetry, ticket), Append::pending_limit);
  EXPECT_EQ(store->figures(0).refused, 1u);
}

TEST_F(StoreTest, RefusesASecondInstance) {
  auto store = open_store(settings());
  const auto second = Store::open(settings(), [] {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::in_use);
  EXPECT_TRUE(wait_until_stored(*store, append(*store, message("t", "unharmed"))));
}

TEST_F(StoreTest, LetsNobodyElseLookIntoItsDirectory) {
  auto store = open_store(settings());
  struct stat found {};
  ASSERT_EQ(::stat((directory_.path() / "store").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
}

TEST_F(StoreTest, CallsBackOncePerCommitAfterTheTicketsAreCommitted) {
  std::atomic<Ticket> seen{0};
  std::atomic<int> calls{0};
  Store* raw = nullptr;
  std::atomic<bool> ready{false};
  auto slow = settings();
  slow.telemetry_group = 50;
  auto opened = Store::open(slow, [&] {
    while (!ready) std::this_thread::yield();
    seen = raw->stored_up_to();
    ++calls;
  });
  ASSERT_TRUE(opened.ok());
  raw = opened->get();
  ready = true;
  Ticket last = 0;
  for (int n = 0; n < 50; ++n) last = append(*raw, message("t", "a"), Urgency::telemetry);
  EXPECT_TRUE(eventually([&] { return seen == last; }));
  EXPECT_LE(calls, 2);
  ASSERT_TRUE(stop(*raw));
}

// --- files that are not as they should be ---

TEST_F(StoreTest, RefusesAStoreOfANewerProgramAndLeavesItAlone) {
  open_store(settings()).reset();
  sqlite3* file = nullptr;
  ASSERT_EQ(sqlite3_open(database().c_str(), &file), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(file, "PRAGMA user_version = 999", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(file);
  const auto opened = Store::open(settings(), [] {});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::invalid);
  EXPECT_NE(opened.error().text.find("newer version"), std::string::npos) << opened.error().text;
  EXPECT_TRUE(std::filesystem::exists(database()));
}

std::size_t count_damaged(const std::filesystem::path& directory) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().filename().string().starts_with("damaged-") && entry.path().extension() == ".db") ++count;
  }
  return count;
}

TEST_F(StoreTest, MovesAFileAsideThatIsNoDatabase) {
  std::filesystem::create_directories(database().parent_path());
  std::ofstream(database()) << std::string(20000, 'x');
  auto store = open_store(settings());
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(wait_until_stored(*store, append(*store, message("t", "a"))));
  EXPECT_EQ(count_damaged(database().parent_path()), 1u);
}

void overwrite(const std::filesystem::path& file, std::size_t from, std::size_t size) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(from));
  stream << std::string(size, '\x5A');
}

TEST_F(StoreTest, MovesADamagedDatabaseAsideAtStart) {
  auto store = open_store(settings());
  for (int n = 0; n < 200; ++n) append(*store, message("t", std::string(1000, 'x')));
  ASSERT_TRUE(stop(*store));
  store.reset();
  overwrite(database(), 4096, std::filesystem::file_size(database()) - 4096);
  store = open_store(settings());
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(wait_until_stored(*store, append(*store, message("t", "a"))));
  EXPECT_EQ(count_damaged(database().parent_path()), 1u);
}

TEST_F(StoreTest, GoesOnInANewFileWhenDamageIsFoundLater) {
  auto store = open_store(settings());
  for (int n = 0; n < 2000; ++n) append(*store, message("t", std::string(1000, 'x')));
  ASSERT_TRUE(stop(*store));
  store.reset();
  const auto size = std::filesystem::file_size(database());
  overwrite(database(), size / 2, 100 * 4096);
  store = open_store(settings());
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(count_damaged(database().parent_path()), 0u);

  EXPECT_EQ(fetch(*store, 0, 100000).size(), 0u);  // found while reading; the answer comes from the new file
  EXPECT_EQ(count_damaged(database().parent_path()), 1u);
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "a"))));
  const auto found = fetch(*store);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].sequence, 2001u);
  EXPECT_TRUE(eventually([&] { return store->trouble().empty(); }));
}

TEST_F(StoreTest, LeavesOutARowWhosePayloadHasChanged) {
  auto store = open_store(settings());
  append(*store, message("t", "good one"));
  append(*store, message("t", "findme-here"));
  append(*store, message("t", "good two"));
  ASSERT_TRUE(stop(*store));
  store.reset();
  std::ifstream in(database(), std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(in)), {});
  const auto at = all.find("findme-here");
  ASSERT_NE(at, std::string::npos);
  overwrite(database(), at, 1);
  store = open_store(settings());
  EXPECT_EQ(payloads(fetch(*store)), (std::vector<std::string>{"good one", "good two"}));
}

// --- a full disk ---

class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path at) : at_(std::move(at)) {
    std::filesystem::create_directories(at_);
    mounted_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  std::filesystem::path at_;
  bool mounted_ = false;
};

TEST_F(StoreTest, ReportsNothingAsStoredWhileTheDiskIsFullAndAllOfItAfterwards) {
  const auto disk_at = directory_.path() / "disk";
  const SmallDisk disk(disk_at);
  ASSERT_TRUE(disk.mounted()) << "this test mounts a tmpfs and needs the right to";
  auto small = settings();
  small.directory = disk_at / "store";
  auto store = open_store(small);
  const auto filler = disk_at / "filler";
  ASSERT_TRUE(wait_until_stored(*store, append(*store, message("t", "0"))));
  std::ofstream(filler) << std::string(2 << 20, 'x');  // as much of it as there is room for

  Ticket last = 0;
  for (int n = 1; n <= 50; ++n) last = append(*store, message("t", std::to_string(n) + std::string(2000, ' ')));
  ASSERT_NE(last, 0u);
  ASSERT_TRUE(eventually([&] { return !store->trouble().empty(); }));
  EXPECT_NE(store->trouble().find("full"), std::string::npos) << store->trouble();
  const auto stored_then = store->stored_up_to();
  EXPECT_LT(stored_then, last);
  EXPECT_EQ(fetch(*store).size(), stored_then);  // reading goes on

  std::filesystem::remove(filler);
  ASSERT_TRUE(wait_until_stored(*store, last));
  EXPECT_TRUE(eventually([&] { return store->trouble().empty(); }));
  const auto found = fetch(*store);
  ASSERT_EQ(found.size(), 51u);
  for (std::size_t n = 0; n < found.size(); ++n) {
    EXPECT_EQ(found[n].sequence, n + 1);
    EXPECT_EQ(std::stoul(found[n].message->payload), n);
  }
  ASSERT_TRUE(stop(*store));
}

TEST_F(StoreTest, OpensOnAFullDiskAndGivesOutWhatItHolds) {
  const auto disk_at = directory_.path() / "disk";
  const SmallDisk disk(disk_at);
  ASSERT_TRUE(disk.mounted()) << "this test mounts a tmpfs and needs the right to";
  auto small = settings();
  small.directory = disk_at / "store";
  auto store = open_store(small);
  append(*store, message("t", "a"));
  ASSERT_TRUE(stop(*store));
  store.reset();
  std::ofstream(disk_at / "filler") << std::string(2 << 20, 'x');
  store = open_store(small);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(payloads(fetch(*store)), (std::vector<std::string>{"a"}));
}

TEST_F(StoreTest, SaysAtTheEndThatNotAllCouldBeStored) {
  const auto disk_at = directory_.path() / "disk";
  const SmallDisk disk(disk_at);
  ASSERT_TRUE(disk.mounted()) << "this test mounts a tmpfs and needs the right to";
  auto small = settings();
  small.directory = disk_at / "store";
  auto store = open_store(small);
  std::ofstream(disk_at / "filler") << std::string(2 << 20, 'x');
  append(*store, message("t", std::string(200000, 'x')));
  ASSERT_TRUE(eventually([&] { return !store->trouble().empty(); }));
  EXPECT_FALSE(stop(*store));
}

}  // namespace
}  // namespace sluice::store
