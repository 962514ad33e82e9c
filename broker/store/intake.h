// Where the threads of the program hand over to the store thread: messages that are accepted and
// not yet stored, requests to read, acknowledgements. Holds the rule of the group commit and the
// limits in bytes, which is why it is not a Channel: that one counts pieces, and wakes at the first.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "broker/store/store.h"
#include "gateway/base/clock.h"

namespace sluice::store {

/// The delivered cursor rides on the next append, or is committed after so many acknowledgements,
/// or when it has waited for so long.
inline constexpr std::uint64_t kCursorGroup = 100;
inline constexpr std::chrono::seconds kCursorIdle{5};

/// An accepted message. `sequence` is given by the store thread and stays through all repetitions.
struct PendingMessage {
  Ticket ticket = 0;
  StreamId stream = 0;
  std::uint64_t sequence = 0;
  std::uint64_t bytes = 0;
  MessagePtr message;
};

struct FetchRequest {
  StreamId stream = 0;
  std::uint64_t after_sequence = 0;
  std::size_t max_messages = 0;
  std::size_t max_bytes = 0;
  std::function<void(std::vector<StoredMessage>)> deliver;
};

/// What the store thread has to do.
struct Work {
  std::vector<PendingMessage> messages;  // in the order of their tickets
  std::vector<FetchRequest> fetches;
  std::vector<std::uint64_t> delivered;  // by stream
  bool commit = false;                   // the group is due; else `messages` is empty
  bool stop = false;
};

/// What the disk holds of one stream.
struct StreamOnDisk {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t delivered = 0;
};

class Intake {
 public:
  explicit Intake(const Settings& settings);

  // Any thread; these never wait for the disk.
  Append append(StreamId stream, MessagePtr message, Urgency urgency, Ticket& ticket);
  void fetch(FetchRequest request);
  void delivered(StreamId stream, std::uint64_t up_to_sequence);
  std::uint64_t delivered_up_to(StreamId stream) const;
  StreamFigures figures(StreamId stream) const;
  void stop();

  /// Store thread. Sleeps until a group is due, somebody wants to read, a cursor is due or `until`
  /// has come, and takes what is due. With Mode::hold neither group nor cursor wakes it: the disk
  /// is not to be tried before `until`.
  enum class Mode : std::uint8_t { normal, hold };
  Work wait(Mode mode, MonotonicTime until);

  /// Store thread. `messages` are committed now, and this is what the disk holds by stream.
  void set_stored(const std::vector<PendingMessage>& messages, const std::vector<StreamOnDisk>& on_disk);

 private:
  struct Stream {
    StreamOnDisk on_disk;
    std::uint64_t delivered = 0;
    std::uint64_t pending_bytes = 0;
    StreamFigures counts;
  };

  bool is_commit_due(MonotonicTime now) const;
  void take_commit(Work& work);
  MonotonicTime deadline() const;

  const std::uint64_t max_queued_bytes_;
  const std::uint64_t max_pending_bytes_;
  const std::chrono::milliseconds telemetry_window_;
  const std::size_t telemetry_group_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Stream> streams_;
  std::vector<PendingMessage> messages_;
  std::vector<FetchRequest> fetches_;
  Ticket last_ticket_ = 0;
  std::uint64_t pending_bytes_ = 0;
  bool awaited_ = false;
  bool cursor_urgent_ = false;
  bool stop_ = false;
  MonotonicTime group_due_ = MonotonicTime::max();
  MonotonicTime cursor_due_ = MonotonicTime::max();
};

}  // namespace sluice::store
