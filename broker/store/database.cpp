#include "broker/store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cassert>
#include <cstring>
#include <utility>

namespace sluice::store {

namespace {

struct Pragma {
  const char* name;
  const char* value;
  const char* reads_back;
};

// Exclusive locking comes before WAL: the index of the WAL then lives in memory instead of in a
// shared file. The page size comes before the first page.
constexpr Pragma kPragmas[] = {
    {"locking_mode", "EXCLUSIVE", "exclusive"},
    {"page_size", "4096", "4096"},
    {"auto_vacuum", "NONE", "0"},
    {"journal_mode", "WAL", "wal"},
    {"synchronous", "FULL", "2"},
    {"wal_autocheckpoint", "1000", "1000"},
    {"journal_size_limit", "16777216", "16777216"},
    {"mmap_size", "0", "0"},
    {"trusted_schema", "OFF", "0"},
    {"cell_size_check", "ON", "1"},
    {"secure_delete", "FAST", "2"},
    {"temp_store", "MEMORY", "2"},
    {"cache_size", "-4096", "-4096"},
};

// A foreign program that looks into the file holds it for a moment only.
constexpr int kBusyMilliseconds = 1000;

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

// A failure to bind (out of memory, too large) leaves NULL there, which every column refuses.
void Statement::bind(int position, std::int64_t value) { sqlite3_bind_int64(statement_, position, value); }

void Statement::bind(int position, std::string_view value) {
  sqlite3_bind_text64(statement_, position, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind(int position, ByteView value) {
  sqlite3_bind_blob64(statement_, position, value.data(), value.size(), SQLITE_STATIC);
}

Result<bool> Statement::next() {
  const int outcome = sqlite3_step(statement_);
  if (outcome == SQLITE_ROW) return true;
  if (outcome != SQLITE_DONE) {
    Error error = database_->failure();
    finish();
    return error;
  }
  finish();
  return false;
}

void Statement::finish() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<void> Statement::exhaust() {
  for (;;) {
    const auto row = next();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::text(int column) const { return as_text(bytes(column)); }

ByteView Statement::bytes(int column) const {
  const auto* first = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return {first, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Database::~Database() { sqlite3_close_v2(connection_); }

Result<void> Database::open(const std::filesystem::path& file) {
  assert(connection_ == nullptr);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(file.c_str(), &connection_, flags, nullptr) != SQLITE_OK) return failure();
  sqlite3_busy_timeout(connection_, kBusyMilliseconds);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return apply_pragmas();
}

Error Database::failure() {
  const int system_error = sqlite3_system_errno(connection_);
  const int primary = sqlite3_errcode(connection_) & 0xFF;
  std::string text = sqlite3_errmsg(connection_);
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) damaged_ = true;
  if (system_error != 0 && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL)) {
    text += fmt::format(" ({})", std::strerror(system_error));
  }
  return Error{std::move(text), primary == SQLITE_BUSY ? ErrorKind::in_use : ErrorKind::failed};
}

Result<void> Database::apply_pragmas() {
  for (const auto& pragma : kPragmas) {
    if (auto set = ask(fmt::format("PRAGMA {}={}", pragma.name, pragma.value)); !set) return set.error();
    const auto is = ask(fmt::format("PRAGMA {}", pragma.name));
    if (!is) return is.error();
    if (*is != pragma.reads_back) return Error{fmt::format("SQLite took {}={} as {}", pragma.name, pragma.value, *is)};
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int outcome = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (outcome != SQLITE_OK) return failure();
  return Statement(*this, statement);
}

Result<void> Database::execute(const char* sql) {
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

Result<std::string> Database::ask(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->next();
  if (!row) return row.error();
  return *row ? std::string(statement->text(0)) : std::string();
}

}  // namespace sluice::store
