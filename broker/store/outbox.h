// One outgoing stream on disk: rows by sequence number, the oldest first out. Belongs to the
// store thread, as its Database does; every change needs an open transaction. After any failure
// the object is of no use any more: it is made anew from what the disk holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "broker/store/database.h"
#include "broker/store/store.h"
#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

namespace sluice::store {

class Outbox {
 public:
  static Result<Outbox> open(Database& database, const std::string& name);

  /// For a file that takes the place of a lost one: numbers go on where that one ended.
  void continue_after(std::uint64_t last, std::uint64_t delivered);

  /// `sequence` must be above last().
  Result<void> insert(std::uint64_t epoch, std::uint64_t sequence, WallTime now, const Message& message);

  /// Moves the delivered cursor and removes at most `most` rows behind it.
  Result<void> set_delivered(std::uint64_t sequence, std::size_t most);

  /// Writes the figures; the last thing in a transaction that changed something here.
  Result<void> save();

  /// At most `max_messages` and about `max_bytes` of the rows after `sequence`; one always fits.
  /// Rows whose checksum is wrong are left out and logged.
  Result<std::vector<StoredMessage>> read_after(std::uint64_t sequence, std::size_t max_messages,
                                                std::size_t max_bytes);

  std::uint64_t last() const { return last_; }
  std::uint64_t delivered() const { return delivered_; }

  /// Rows behind the cursor that wait to be removed.
  bool has_leftovers() const { return oldest_ <= delivered_ && messages_ > 0; }

  /// Rows after the cursor, and bytes of all rows.
  std::uint64_t messages() const;
  std::uint64_t bytes() const { return bytes_; }

  /// What one row counts for.
  static std::uint64_t row_bytes(std::size_t body) { return body + kRowOverhead; }

 private:
  static constexpr std::uint64_t kRowOverhead = 32;  // sequence, epoch, time, checksum, cell

  Outbox() = default;
  Result<void> prepare(Database& database);
  Result<void> load();
  Result<StoredMessage> read_row();
  Result<void> remove_up_to(std::uint64_t sequence);

  std::string name_;
  std::int64_t id_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t oldest_ = 1;  // no row lies below it
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
  Bytes body_;

  Statement insert_;
  Statement save_;
  Statement load_;
  Statement select_;
  Statement sum_;
  Statement remove_;
};

}  // namespace sluice::store
