#include "broker/store/intake.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "broker/store/outbox.h"
#include "broker/store/row_format.h"

namespace sluice::store {

Intake::Intake(const Settings& settings)
    : max_queued_bytes_(settings.max_queued_bytes),
      max_pending_bytes_(settings.max_pending_bytes),
      telemetry_window_(settings.telemetry_window),
      telemetry_group_(settings.telemetry_group),
      streams_(settings.streams.size()) {}

Append Intake::append(StreamId id, MessagePtr message, Urgency urgency, Ticket& ticket) {
  const auto bytes = Outbox::row_bytes(body_size(*message));
  const std::lock_guard lock(mutex_);
  auto& stream = streams_[id];
  const bool full = stream.on_disk.bytes + stream.pending_bytes + bytes > max_queued_bytes_;
  if (full || stop_ || pending_bytes_ + bytes > max_pending_bytes_) {
    ++stream.counts.refused;
    return full ? Append::full : Append::pending_limit;
  }
  ticket = ++last_ticket_;
  messages_.push_back({ticket, id, 0, bytes, std::move(message)});
  stream.pending_bytes += bytes;
  pending_bytes_ += bytes;

  // One wake-up for the first of a group, one when the group has to go; none for those between.
  const bool first = messages_.size() == 1;
  const bool urgent = urgency == Urgency::awaited && !awaited_;
  if (first) group_due_ = monotonic_now() + telemetry_window_;
  if (urgent) awaited_ = true;
  if (first || urgent || messages_.size() == telemetry_group_) changed_.notify_one();
  return Append::accepted;
}

void Intake::fetch(FetchRequest request) {
  const std::lock_guard lock(mutex_);
  fetches_.push_back(std::move(request));
  changed_.notify_one();
}

void Intake::delivered(StreamId id, std::uint64_t up_to_sequence) {
  const std::lock_guard lock(mutex_);
  auto& stream = streams_[id];
  if (up_to_sequence <= stream.delivered) return;
  stream.counts.delivered += up_to_sequence - stream.delivered;
  stream.delivered = up_to_sequence;
  const bool first = cursor_due_ == MonotonicTime::max();
  if (first) cursor_due_ = monotonic_now() + kCursorIdle;
  const bool urgent = !cursor_urgent_ && up_to_sequence >= stream.on_disk.delivered + kCursorGroup;
  if (urgent) cursor_urgent_ = true;
  if (first || urgent) changed_.notify_one();
}

std::uint64_t Intake::delivered_up_to(StreamId id) const {
  const std::lock_guard lock(mutex_);
  return streams_[id].delivered;
}

StreamFigures Intake::figures(StreamId id) const {
  const std::lock_guard lock(mutex_);
  const auto& stream = streams_[id];
  auto figures = stream.counts;
  const auto uncommitted = stream.delivered - std::min(stream.delivered, stream.on_disk.delivered);
  figures.messages = stream.on_disk.messages - std::min(stream.on_disk.messages, uncommitted);
  figures.bytes = stream.on_disk.bytes;
  return figures;
}

void Intake::stop() {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  changed_.notify_one();
}

bool Intake::is_commit_due(MonotonicTime now) const {
  return stop_ || awaited_ || cursor_urgent_ || messages_.size() >= telemetry_group_ || now >= deadline();
}

MonotonicTime Intake::deadline() const { return std::min(group_due_, cursor_due_); }

Work Intake::wait(Mode mode, MonotonicTime until) {
  Work work;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto now = monotonic_now();
    work.commit = stop_ || now >= until || (mode == Mode::normal && is_commit_due(now));
    if (work.commit || !fetches_.empty()) break;
    const auto wake_at = mode == Mode::hold ? until : std::min(until, deadline());
    // wait_until with the greatest time point overflows inside the library.
    if (wake_at == MonotonicTime::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, wake_at);
    }
  }
  work.stop = stop_;
  work.fetches = std::exchange(fetches_, {});
  for (const auto& stream : streams_) work.delivered.push_back(stream.delivered);
  if (work.commit) take_commit(work);
  return work;
}

void Intake::take_commit(Work& work) {
  work.messages = std::exchange(messages_, {});
  awaited_ = cursor_urgent_ = false;
  group_due_ = cursor_due_ = MonotonicTime::max();
}

void Intake::set_stored(const std::vector<PendingMessage>& messages, const std::vector<StreamOnDisk>& on_disk) {
  const std::lock_guard lock(mutex_);
  for (const auto& pending : messages) {
    auto& stream = streams_[pending.stream];
    stream.pending_bytes -= pending.bytes;
    pending_bytes_ -= pending.bytes;
    ++stream.counts.stored;
  }
  for (StreamId id = 0; id < on_disk.size(); ++id) {
    auto& stream = streams_[id];
    stream.on_disk = on_disk[id];
    stream.delivered = std::max(stream.delivered, stream.on_disk.delivered);
  }
}

}  // namespace sluice::store
