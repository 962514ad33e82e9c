// The durable side of the broker: one SQLite database, one connection, one thread. What it says
// is stored has been committed with synchronous=FULL.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/message.h"
#include "gateway/base/result.h"

namespace sluice::store {

/// One outgoing stream: an upstream, or one class of its traffic. The position in Settings::streams
/// is its StreamId in this process; on disk it goes by its name.
using StreamId = std::uint32_t;

/// Counts appends from 1 within this process. Tickets are committed in order.
using Ticket = std::uint64_t;

/// Whether an acknowledgement waits for the commit: then it starts as soon as the store is idle.
/// Telemetry waits for its group.
enum class Urgency : std::uint8_t { awaited, telemetry };

struct Settings {
  std::filesystem::path directory;   // made with mode 0700 when missing
  std::vector<std::string> streams;  // names of upstreams; rows of names no longer there are kept
  std::uint64_t max_queued_bytes = std::uint64_t{1} << 30;  // per stream, on disk
  std::uint64_t max_pending_bytes = 16u << 20;              // not yet committed, all together
  std::chrono::milliseconds telemetry_window{250};
  std::size_t telemetry_group = 100;
};

/// A stored message on its way upstream, as it is to be sent: topic, QoS and retain are those
/// that the rule gave it. (epoch, sequence) is never used twice.
struct StoredMessage {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  WallTime stored_at;
  MessagePtr message;
};

/// What a stream holds.
struct StreamFigures {
  std::uint64_t messages = 0;  // stored and not yet delivered
  std::uint64_t bytes = 0;
  std::uint64_t stored = 0;  // since the start of the process, as the next ones
  std::uint64_t delivered = 0;
  std::uint64_t refused = 0;  // not accepted because the stream was full or storage failed
};

enum class Append : std::uint8_t { accepted, full, pending_limit };

class Store {
 public:
  /// Opens or makes the database. Fails when another process holds it (exit code 75) or when it
  /// cannot be opened at all. `committed` is called on the store thread after each commit of messages,
  /// once per batch, and when storage works again; it must not block.
  static Result<std::unique_ptr<Store>> open(Settings settings, std::function<void()> committed);

  virtual ~Store() = default;

  /// Any thread, never blocks. On `accepted`, `ticket` is set: the message is stored once
  /// stored_up_to() has reached it. On the others nothing was kept. Sequence order is call
  /// order.
  virtual Append append(StreamId stream, MessagePtr message, Urgency urgency, Ticket& ticket) = 0;

  /// Any thread. All tickets up to this one are committed.
  virtual Ticket stored_up_to() const = 0;

  /// Any thread. Asks for the messages after `sequence`, oldest first; `deliver` is called on the
  /// store thread with at most `max_messages` and about `max_bytes` (one message always fits),
  /// empty when there are none. It must not block. The answer waits while the disk cannot be read, or
  /// while 100 acknowledgements or more are not yet committed, so that what is sent twice after a
  /// crash has a bound; after stop() it may never come.
  virtual void fetch(StreamId stream, std::uint64_t after_sequence, std::size_t max_messages, std::size_t max_bytes,
                     std::function<void(std::vector<StoredMessage>)> deliver) = 0;

  /// Any thread. The cloud has acknowledged everything up to `sequence`: it may be removed, with
  /// the next commit or within 5 s.
  virtual void delivered(StreamId stream, std::uint64_t up_to_sequence) = 0;

  /// Any thread. The highest sequence that was delivered before, from which sending goes on.
  virtual std::uint64_t delivered_up_to(StreamId stream) const = 0;

  virtual StreamFigures figures(StreamId stream) const = 0;

  /// Empty while storage works; else a sentence that says what does not.
  virtual std::string trouble() const = 0;

  /// Commits what was accepted and the delivered cursors, then closes. False when that was not
  /// done by `until`.
  [[nodiscard]] virtual bool stop(MonotonicTime until) = 0;
};

}  // namespace sluice::store
