#include "broker/store/schema.h"

#include <fmt/format.h>

#include <iterator>

namespace sluice::store {

namespace {

constexpr const char* kApplicationId = "1397511491";  // "SLUC"

// kSteps[n] leads from version n to n + 1; each runs in a transaction of its own together with the
// new version number.
constexpr const char* kSteps[] = {
    R"(CREATE TABLE stream (
         id INTEGER PRIMARY KEY,
         name TEXT NOT NULL UNIQUE,
         last INTEGER NOT NULL,       -- highest sequence number ever stored
         delivered INTEGER NOT NULL,  -- highest one that the cloud has acknowledged
         messages INTEGER NOT NULL,   -- rows in its table
         bytes INTEGER NOT NULL       -- of those rows
       ) STRICT;
       PRAGMA application_id = 1397511491;)",
};
static_assert(std::size(kSteps) == kSchemaVersion);

Result<void> step(Database& database, int from) {
  const auto sql = fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT", kSteps[from], from + 1);
  auto done = database.execute(sql.c_str());
  if (!done) (void)database.execute("ROLLBACK");
  return done;
}

// A file without a version is taken only when it is empty: it might be somebody else's.
Result<void> check_owner(Database& database, const std::string& version) {
  if (version == "0") {
    const auto tables = database.ask("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    if (*tables == "0") return {};
  } else {
    const auto owner = database.ask("PRAGMA application_id");
    if (!owner) return owner.error();
    if (*owner == kApplicationId) return {};
  }
  return Error{"the file is an SQLite database of another program; move it away to start with a new store",
               ErrorKind::invalid};
}

}  // namespace

Result<void> prepare_schema(Database& database) {
  const auto version = database.ask("PRAGMA user_version");
  if (!version) return version.error();
  if (auto ours = check_owner(database, *version); !ours) return ours;
  const int found = std::stoi(*version);
  if (found > kSchemaVersion) {
    return Error{fmt::format("the store was written by a newer version of this program (format {}, known is {}); "
                             "it was left as it is",
                             found, kSchemaVersion),
                 ErrorKind::invalid};
  }
  for (int from = found; from < kSchemaVersion; ++from) {
    if (auto done = step(database, from); !done) return done;
  }
  return {};
}

Result<std::int64_t> find_or_make_stream(Database& database, const std::string& name) {
  auto find = database.prepare("SELECT id FROM stream WHERE name = ?1");
  if (!find) return find.error();
  const auto known = find->start(std::string_view(name)).next();
  if (!known) return known.error();
  if (*known) return find->integer(0);

  auto insert = database.prepare(
      "INSERT INTO stream (name, last, delivered, messages, bytes) VALUES (?1, 0, 0, 0, 0) RETURNING id");
  if (!insert) return insert.error();
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun.error();
  const auto made = insert->start(std::string_view(name)).next();
  if (!made) return made.error();
  const auto id = insert->integer(0);
  insert->finish();
  const auto table = fmt::format(
      "CREATE TABLE outbox_{} (sequence INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, stored_at INTEGER NOT NULL, "
      "checksum INTEGER NOT NULL, body BLOB NOT NULL) STRICT; COMMIT",
      id);
  if (auto done = database.execute(table.c_str()); !done) {
    (void)database.execute("ROLLBACK");
    return done.error();
  }
  return id;
}

}  // namespace sluice::store
