// The tables of the store and their versions.
//
//   stream    one row per outgoing stream: its name and figures, written with each commit
//   outbox_N  the messages of the stream with id N, by sequence number
#pragma once

#include <cstdint>
#include <string>

#include "broker/store/database.h"
#include "gateway/base/result.h"

namespace sluice::store {

/// Kept in the header of the file (PRAGMA user_version).
inline constexpr int kSchemaVersion = 1;

/// Makes the tables in an empty database and brings an older one up to date. Refuses, without
/// touching it, one that a newer program has made or that is of another program.
Result<void> prepare_schema(Database& database);

/// The id of the stream called `name`; it gets its table when it is new.
Result<std::int64_t> find_or_make_stream(Database& database, const std::string& name);

}  // namespace sluice::store
