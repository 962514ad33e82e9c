// How many messages per second the store commits, beside a bare SQLite loop with the same pragmas
// and the same number of rows per transaction, and how long a store with many rows takes to open.
//
//   store_append [DIRECTORY [MESSAGES]]

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "broker/store/row_format.h"
#include "broker/store/store.h"

namespace {

using namespace sluice;

constexpr std::size_t kGroup = 100;
constexpr std::size_t kPayload = 120;

MessagePtr sample() {
  Message message;
  message.topic = "plant7/meter-1/power_total";
  message.payload = std::string(kPayload, 'x');
  message.qos = QoS::at_least_once;
  return std::make_shared<const Message>(std::move(message));
}

double seconds_since(MonotonicTime begun) { return std::chrono::duration<double>(monotonic_now() - begun).count(); }

double bare_sqlite(const std::filesystem::path& file, std::size_t messages) {
  sqlite3* database = nullptr;
  sqlite3_open(file.c_str(), &database);
  sqlite3_exec(database, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", nullptr,
               nullptr, nullptr);
  sqlite3_exec(database, "CREATE TABLE t (sequence INTEGER PRIMARY KEY, epoch, stored_at, checksum, body)", nullptr,
               nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)", -1, &insert, nullptr);
  Bytes body;
  store::encode_body(*sample(), body);
  const auto begun = monotonic_now();
  for (std::size_t n = 1; n <= messages; ++n) {
    if (n % kGroup == 1) sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    sqlite3_bind_int64(insert, 1, static_cast<std::int64_t>(n));
    sqlite3_bind_int64(insert, 2, 0x1234567812345678);
    sqlite3_bind_int64(insert, 3, 0x123456781234);
    sqlite3_bind_int64(insert, 4, 0x12345678);
    sqlite3_bind_blob(insert, 5, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
    sqlite3_step(insert);
    sqlite3_reset(insert);
    if (n % kGroup == 0) sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
  }
  const auto rate = static_cast<double>(messages) / seconds_since(begun);
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return rate;
}

store::Settings settings_in(const std::filesystem::path& directory) {
  store::Settings settings;
  settings.directory = directory;
  settings.streams = {"cloud"};
  settings.telemetry_group = kGroup;
  settings.max_queued_bytes = std::uint64_t{1} << 36;
  return settings;
}

// Each group waits for the one before, so that the store cannot make larger ones than the loop.
double through_the_store(const std::filesystem::path& directory, std::size_t messages) {
  auto store = store::Store::open(settings_in(directory), [] {});
  if (!store) std::exit(1);
  const auto message = sample();
  const auto begun = monotonic_now();
  store::Ticket ticket = 0;
  for (std::size_t n = 1; n <= messages; ++n) {
    while ((*store)->append(0, message, store::Urgency::telemetry, ticket) != store::Append::accepted) {
    }
    if (n % kGroup == 0) {
      while ((*store)->stored_up_to() < n) std::this_thread::yield();
    }
  }
  while ((*store)->stored_up_to() < ticket) std::this_thread::yield();
  const auto rate = static_cast<double>(messages) / seconds_since(begun);
  if (!(*store)->stop(monotonic_now() + std::chrono::minutes(1))) std::exit(1);
  return rate;
}

double time_to_open(const std::filesystem::path& directory) {
  const auto begun = monotonic_now();
  const auto store = store::Store::open(settings_in(directory), [] {});
  const auto took = seconds_since(begun);
  if (!store) std::exit(1);
  fmt::print("  it holds {} messages\n", (*store)->figures(0).messages);
  return took;
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path directory = argc > 1 ? argv[1] : "/tmp/sluice-bench";
  const std::size_t messages = argc > 2 ? std::stoul(argv[2]) : 100000;
  fmt::print("{} messages of {} bytes in groups of {}\n", messages, kPayload, kGroup);
  for (int round = 0; round < 3; ++round) {  // in turn, since disks have moods
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    const auto bare = bare_sqlite(directory / "bare.db", messages);
    const auto ours = through_the_store(directory / "store", messages);
    fmt::print("  bare SQLite {:8.0f} rows/s, store {:8.0f} rows/s: {:.0f} %\n", bare, ours, 100 * ours / bare);
  }
  fmt::print("  opened again in {:.3f} s\n", time_to_open(directory / "store"));
  std::filesystem::remove_all(directory);
}
