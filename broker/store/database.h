// The connection to SQLite and its prepared statements, with errors as values. Everything here
// belongs to the thread that uses the connection: the store thread, once the store is open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::store {

class Database;

/// A prepared statement. It must end before its Database.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  /// Binds `arguments` to ?1, ?2, … and begins anew. Text and bytes must live until finish().
  template <class... Arguments>
  Statement& start(const Arguments&... arguments) {
    finish();
    int position = 0;
    (bind(++position, arguments), ...);
    return *this;
  }

  /// The next row, or false when there is none any more.
  Result<bool> next();

  /// Ends the reading; a statement that is left open in the middle of its rows holds back the WAL.
  void finish();

  /// start, all rows, finish.
  template <class... Arguments>
  Result<void> run(const Arguments&... arguments) {
    return start(arguments...).exhaust();
  }

  // Columns of the row that next() has reached, from 0. Bytes and text live until the next call.
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  ByteView bytes(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  void bind(int position, std::int64_t value);
  void bind(int position, std::uint64_t value) { bind(position, static_cast<std::int64_t>(value)); }
  void bind(int position, int value) { bind(position, std::int64_t{value}); }
  void bind(int position, std::string_view value);
  void bind(int position, ByteView value);
  Result<void> exhaust();

  Database* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

/// One SQLite connection in WAL mode with synchronous=FULL: a COMMIT that returned well is on the
/// disk. Every pragma is set explicitly and read back, since the defaults are the distribution's.
class Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Opens or makes the file; once. Fails when a pragma did not take.
  Result<void> open(const std::filesystem::path& file);

  Result<Statement> prepare(std::string_view sql);

  /// One or several statements without arguments and rows.
  Result<void> execute(const char* sql);

  /// The first column of the first row; empty when there is none.
  Result<std::string> ask(std::string_view sql);

  /// Whether SQLite has ever found this file to be damaged, or to be no database. Such a
  /// connection is to be given up.
  bool damaged() const { return damaged_; }

 private:
  friend class Statement;
  Error failure();
  Result<void> apply_pragmas();

  sqlite3* connection_ = nullptr;
  bool damaged_ = false;
};

}  // namespace sluice::store
