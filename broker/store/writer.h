// The store thread's hands: the open database with an outbox for each stream, commits, and what is
// done when the disk refuses. Belongs to the store thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "broker/store/database.h"
#include "broker/store/intake.h"
#include "broker/store/outbox.h"
#include "broker/store/store.h"
#include "broker/store/store_files.h"
#include "gateway/base/result.h"

namespace sluice::store {

class Writer {
 public:
  explicit Writer(const Settings& settings);

  /// Opens the database, or opens it anew after a failure. A damaged one is moved aside and a
  /// fresh one takes its place.
  Result<void> open();

  bool is_open() const { return database_ != nullptr; }

  /// Whether the next open() will put a new file in the place of this one.
  bool is_damaged() const { return damaged_; }

  /// One transaction with all of it. After an error it is not known whether it took place: the
  /// connection is closed, and forget_stored() tells once it is open again.
  Result<void> commit(std::vector<PendingMessage>& messages, const std::vector<std::uint64_t>& delivered);

  /// Takes out of `messages` those which an earlier commit() has stored in spite of its error, and
  /// gives them back.
  std::vector<PendingMessage> forget_stored(std::vector<PendingMessage>& messages) const;

  /// Closes the connection when it fails.
  Result<std::vector<StoredMessage>> read(const FetchRequest& request);

  /// Whether there is something to commit although no message waits.
  bool has_chores(const std::vector<std::uint64_t>& delivered) const;

  /// Rows behind the cursors that did not fit into the last commit.
  bool has_leftovers() const;

  std::uint64_t delivered(StreamId stream) const { return known_[stream].delivered; }
  std::vector<StreamOnDisk> on_disk() const;

 private:
  // What is certain of a stream, whatever becomes of the file.
  struct Known {
    std::uint64_t next = 1;  // sequence number not given away yet
    std::uint64_t last = 0;  // committed
    std::uint64_t delivered = 0;
  };

  Result<void> open_database();
  Result<void> replace_damaged();
  void adopt();
  Result<void> write(std::vector<PendingMessage>& messages, const std::vector<std::uint64_t>& delivered);
  void close();

  const std::vector<std::string> names_;
  const StoreFiles files_;
  const std::uint64_t epoch_;
  bool damaged_ = false;  // the last connection found the file to be
  std::vector<Known> known_;
  std::unique_ptr<Database> database_;
  std::vector<Outbox> outboxes_;  // after database_: their statements end first
};

}  // namespace sluice::store
