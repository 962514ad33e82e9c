#include "broker/store/writer.h"

#include <algorithm>
#include <random>
#include <utility>

#include "broker/store/schema.h"
#include "gateway/base/log.h"

namespace sluice::store {

namespace {

// Bounds the length of one transaction.
constexpr std::size_t kRemoveAtOnce = 500;

std::uint64_t random_epoch() {
  std::random_device device;  // getrandom(2)
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

Writer::Writer(const Settings& settings)
    : names_(settings.streams), files_{settings.directory}, epoch_(random_epoch()), known_(settings.streams.size()) {}

Result<void> Writer::open() {
  close();
  auto opened = damaged_ ? Result<void>(Error{"the database is damaged"}) : open_database();
  if (!opened && damaged_) {
    log::error("store", "{}: {}", files_.database().string(), opened.error().text);
    opened = replace_damaged();
  }
  if (!opened) {
    close();
    return opened;
  }
  adopt();
  return {};
}

Result<void> Writer::open_database() {
  database_ = std::make_unique<Database>();
  const auto attempt = [this]() -> Result<void> {
    if (auto opened = database_->open(files_.database()); !opened) return opened;
    if (auto prepared = prepare_schema(*database_); !prepared) return prepared;
    for (const auto& name : names_) {
      auto outbox = Outbox::open(*database_, name);
      if (!outbox) return outbox.error();
      outboxes_.push_back(std::move(*outbox));
    }
    return {};
  };
  auto opened = attempt();
  if (!opened) close();
  return opened;
}

Result<void> Writer::replace_damaged() {
  const auto moved = move_aside(files_, wall_now());
  if (!moved) return moved.error();
  damaged_ = false;
  log::error("store", "the damaged database is kept as {}; what it held is not sent, a new one is in service",
             moved->string());
  return open_database();
}

// A file that took the place of a lost one starts behind the numbers that were used already.
void Writer::adopt() {
  for (StreamId id = 0; id < known_.size(); ++id) {
    auto& known = known_[id];
    outboxes_[id].continue_after(known.last, known.delivered);
    known.last = outboxes_[id].last();
    known.delivered = outboxes_[id].delivered();
    known.next = std::max(known.next, known.last + 1);
  }
}

void Writer::close() {
  outboxes_.clear();
  if (database_ && database_->damaged()) damaged_ = true;
  database_.reset();
}

Result<void> Writer::commit(std::vector<PendingMessage>& messages, const std::vector<std::uint64_t>& delivered) {
  auto done = write(messages, delivered);
  if (!done) {
    close();
    return done;
  }
  adopt();
  return {};
}

Result<void> Writer::write(std::vector<PendingMessage>& messages, const std::vector<std::uint64_t>& delivered) {
  if (auto begun = database_->execute("BEGIN IMMEDIATE"); !begun) return begun;
  const auto now = wall_now();
  for (auto& pending : messages) {
    if (pending.sequence == 0) pending.sequence = known_[pending.stream].next++;
    auto& outbox = outboxes_[pending.stream];
    if (auto done = outbox.insert(epoch_, pending.sequence, now, *pending.message); !done) return done;
  }
  for (StreamId id = 0; id < outboxes_.size(); ++id) {
    auto& outbox = outboxes_[id];
    if (outbox.last() == known_[id].last && outbox.delivered() == delivered[id] && !outbox.has_leftovers()) continue;
    if (auto done = outbox.set_delivered(delivered[id], kRemoveAtOnce); !done) return done;
    if (auto done = outbox.save(); !done) return done;
  }
  return database_->execute("COMMIT");
}

std::vector<PendingMessage> Writer::forget_stored(std::vector<PendingMessage>& messages) const {
  const auto waits = [this](const PendingMessage& pending) {
    return pending.sequence == 0 || pending.sequence > known_[pending.stream].last;
  };
  const auto first_stored = std::stable_partition(messages.begin(), messages.end(), waits);
  std::vector<PendingMessage> stored(std::make_move_iterator(first_stored), std::make_move_iterator(messages.end()));
  messages.erase(first_stored, messages.end());
  return stored;
}

Result<std::vector<StoredMessage>> Writer::read(const FetchRequest& request) {
  auto found = outboxes_[request.stream].read_after(request.after_sequence, request.max_messages, request.max_bytes);
  if (!found) close();
  return found;
}

bool Writer::has_chores(const std::vector<std::uint64_t>& delivered) const {
  for (StreamId id = 0; id < known_.size(); ++id) {
    if (delivered[id] > known_[id].delivered) return true;
  }
  return has_leftovers();
}

bool Writer::has_leftovers() const {
  return std::any_of(outboxes_.begin(), outboxes_.end(), [](const Outbox& outbox) { return outbox.has_leftovers(); });
}

std::vector<StreamOnDisk> Writer::on_disk() const {
  std::vector<StreamOnDisk> all;
  for (const auto& outbox : outboxes_) all.push_back({outbox.messages(), outbox.bytes(), outbox.delivered()});
  return all;
}

}  // namespace sluice::store
