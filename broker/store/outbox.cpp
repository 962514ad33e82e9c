#include "broker/store/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

#include "broker/store/row_format.h"
#include "broker/store/schema.h"
#include "gateway/base/log.h"

namespace sluice::store {

namespace {

std::int64_t to_microseconds(WallTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

WallTime from_microseconds(std::int64_t us) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::microseconds(us)));
}

std::uint64_t unsigned_column(const Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

}  // namespace

Result<Outbox> Outbox::open(Database& database, const std::string& name) {
  Outbox outbox;
  outbox.name_ = name;
  const auto id = find_or_make_stream(database, name);
  if (!id) return id.error();
  outbox.id_ = *id;
  if (auto prepared = outbox.prepare(database); !prepared) return prepared.error();
  if (auto loaded = outbox.load(); !loaded) return loaded.error();
  return outbox;
}

Result<void> Outbox::prepare(Database& database) {
  const std::pair<Statement*, const char*> statements[] = {
      {&insert_, "INSERT INTO outbox_{} (sequence, epoch, stored_at, checksum, body) VALUES (?1, ?2, ?3, ?4, ?5)"},
      {&select_,
       "SELECT sequence, epoch, stored_at, checksum, body FROM outbox_{} WHERE sequence > ?1 ORDER BY sequence"},
      {&sum_,
       "SELECT count(*), coalesce(sum(length(body)), 0), (SELECT min(sequence) FROM outbox_{0} WHERE sequence > ?1) "
       "FROM outbox_{0} WHERE sequence <= ?1"},
      {&remove_, "DELETE FROM outbox_{} WHERE sequence <= ?1"},
      {&save_, "UPDATE stream SET last = ?1, delivered = ?2, messages = ?3, bytes = ?4 WHERE id = {}"},
      {&load_,
       "SELECT last, delivered, messages, bytes, (SELECT min(sequence) FROM outbox_{0}), (SELECT max(sequence) FROM "
       "outbox_{0}) FROM stream WHERE id = {0}"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = database.prepare(fmt::format(fmt::runtime(sql), id_));
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return {};
}

Result<void> Outbox::load() {
  const auto row = load_.start().next();
  if (!row) return row.error();
  if (!*row) return Error{fmt::format("the stream {} has vanished from the store", name_)};
  last_ = std::max(unsigned_column(load_, 0), unsigned_column(load_, 5));
  delivered_ = unsigned_column(load_, 1);
  messages_ = unsigned_column(load_, 2);
  bytes_ = unsigned_column(load_, 3);
  oldest_ = messages_ > 0 ? unsigned_column(load_, 4) : last_ + 1;
  load_.finish();
  return {};
}

void Outbox::continue_after(std::uint64_t last, std::uint64_t delivered) {
  last_ = std::max(last_, last);
  delivered_ = std::max(delivered_, delivered);
  if (messages_ == 0) oldest_ = last_ + 1;
}

Result<void> Outbox::insert(std::uint64_t epoch, std::uint64_t sequence, WallTime now, const Message& message) {
  assert(sequence > last_);
  encode_body(message, body_);
  const RowHead head{epoch, sequence, to_microseconds(now)};
  auto done =
      insert_.run(sequence, epoch, head.stored_at_us, std::uint64_t{row_checksum(head, body_)}, ByteView(body_));
  if (!done) return done;
  if (messages_ == 0) oldest_ = sequence;
  last_ = sequence;
  ++messages_;
  bytes_ += row_bytes(body_.size());
  return {};
}

Result<void> Outbox::set_delivered(std::uint64_t sequence, std::size_t most) {
  delivered_ = std::max(delivered_, std::min(sequence, last_));
  if (!has_leftovers()) return {};
  return remove_up_to(std::min(delivered_, oldest_ + most - 1));
}

Result<void> Outbox::remove_up_to(std::uint64_t sequence) {
  const auto row = sum_.start(sequence).next();
  if (!row) return row.error();
  const auto rows = unsigned_column(sum_, 0);
  const auto bytes = unsigned_column(sum_, 1) + rows * kRowOverhead;
  const auto oldest_left = unsigned_column(sum_, 2);
  sum_.finish();
  if (auto removed = remove_.run(sequence); !removed) return removed;
  messages_ -= std::min(messages_, rows);
  bytes_ -= std::min(bytes_, bytes);
  oldest_ = oldest_left > 0 ? oldest_left : last_ + 1;
  return {};
}

Result<void> Outbox::save() { return save_.run(last_, delivered_, messages_, bytes_); }

Result<std::vector<StoredMessage>> Outbox::read_after(std::uint64_t sequence, std::size_t max_messages,
                                                      std::size_t max_bytes) {
  std::vector<StoredMessage> found;
  std::size_t bytes = 0;
  select_.start(sequence);
  while (found.size() < max_messages && (found.empty() || bytes < max_bytes)) {
    const auto row = select_.next();
    if (!row) return row.error();
    if (!*row) break;
    bytes += select_.bytes(4).size();
    auto stored = read_row();
    if (stored) {
      found.push_back(std::move(*stored));
    } else {
      log::error("store", "{}: message {} is lost, {}", name_, select_.integer(0), stored.error().text);
    }
  }
  select_.finish();
  return found;
}

Result<StoredMessage> Outbox::read_row() {
  const RowHead head{unsigned_column(select_, 1), unsigned_column(select_, 0), select_.integer(2)};
  const auto body = select_.bytes(4);
  if (row_checksum(head, body) != unsigned_column(select_, 3)) return Error{"its checksum is wrong"};
  auto message = decode_body(body);
  if (!message) return message.error();
  return StoredMessage{head.epoch, head.sequence, from_microseconds(head.stored_at_us),
                       std::make_shared<const Message>(std::move(*message))};
}

std::uint64_t Outbox::messages() const {
  const auto behind = oldest_ <= delivered_ ? delivered_ - oldest_ + 1 : 0;
  return messages_ > behind ? messages_ - behind : 0;
}

}  // namespace sluice::store
