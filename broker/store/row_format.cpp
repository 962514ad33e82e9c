#include "broker/store/row_format.h"

#include <array>
#include <limits>
#include <string_view>

#include "broker/store/crc32c.h"

namespace sluice::store {

// Body of a row, version 1 (a number is a variable length one, 7 bits per byte, lowest first;
// a text is its length as a number and its bytes):
//
//   +------+-------+-------+-------+----------+---------+--------------+----------------+
//   | kind | flags | class | topic | payload  | content | response     | user property  |
//   | 0x01 |       |       | text  | text     | type    | topic        | count, then    |
//   |      |       |       |       |          | text    | text         | name, value ...|
//   +------+-------+-------+-------+----------+---------+--------------+----------------+
//   | origin: kind, name, user | expiry seconds  | correlation data    |
//   | byte, text, text         | number, if flag | text, if flag       |
//   +--------------------------+-----------------+---------------------+
//
//   flags: bits 0-1 QoS, 2 retain, 3 payload is UTF-8, 4 has expiry, 5 has correlation data

namespace {

constexpr std::uint8_t kMessageKind = 0x01;

constexpr std::uint8_t kQosMask = 0x03;
constexpr std::uint8_t kRetain = 0x04;
constexpr std::uint8_t kUtf8 = 0x08;
constexpr std::uint8_t kExpiry = 0x10;
constexpr std::uint8_t kCorrelation = 0x20;
constexpr std::uint8_t kKnownFlags = 0x3F;

// Both sinks are fed by the same function, so that size and bytes cannot drift apart.
class Appender {
 public:
  explicit Appender(Bytes& into) : into_(into) {}
  void byte(std::uint8_t value) { into_.push_back(value); }
  void raw(std::string_view text) { into_.insert(into_.end(), text.begin(), text.end()); }

 private:
  Bytes& into_;
};

class Counter {
 public:
  void byte(std::uint8_t) { ++size_; }
  void raw(std::string_view text) { size_ += text.size(); }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

template <class Sink>
void write_number(Sink& sink, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) sink.byte(static_cast<std::uint8_t>(value | 0x80));
  sink.byte(static_cast<std::uint8_t>(value));
}

template <class Sink>
void write_text(Sink& sink, std::string_view text) {
  write_number(sink, text.size());
  sink.raw(text);
}

std::uint8_t flags_of(const Message& message) {
  const auto& properties = message.properties;
  auto flags = static_cast<std::uint8_t>(message.qos);
  if (message.retain) flags |= kRetain;
  if (properties.payload_is_utf8) flags |= kUtf8;
  if (properties.expiry_seconds) flags |= kExpiry;
  if (properties.correlation_data) flags |= kCorrelation;
  return flags;
}

template <class Sink>
void write(Sink& sink, const Message& message) {
  const auto& properties = message.properties;
  sink.byte(kMessageKind);
  sink.byte(flags_of(message));
  sink.byte(static_cast<std::uint8_t>(message.traffic_class));
  write_text(sink, message.topic);
  write_text(sink, message.payload);
  write_text(sink, properties.content_type);
  write_text(sink, properties.response_topic);
  write_number(sink, properties.user.size());
  for (const auto& [name, value] : properties.user) {
    write_text(sink, name);
    write_text(sink, value);
  }
  sink.byte(static_cast<std::uint8_t>(message.origin.kind));
  write_text(sink, message.origin.name);
  write_text(sink, message.origin.user);
  if (properties.expiry_seconds) write_number(sink, *properties.expiry_seconds);
  if (properties.correlation_data) write_text(sink, *properties.correlation_data);
}

// Reads on after the end give zeros and empty texts, and good() says so once at the end.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    if (at_ >= bytes_.size()) {
      good_ = false;
      return 0;
    }
    return bytes_[at_++];
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7F) << shift;
      if ((next & 0x80) == 0) return value;
    }
    good_ = false;
    return 0;
  }

  std::string text() {
    const auto size = number();
    if (size > bytes_.size() - at_) {
      good_ = false;
      return {};
    }
    const auto found = as_text(bytes_.subspan(at_, size));
    at_ += size;
    return std::string(found);
  }

  bool good() const { return good_; }
  bool good_to_the_end() const { return good_ && at_ == bytes_.size(); }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

void read_user_properties(Reader& reader, std::vector<UserProperty>& into) {
  for (auto left = reader.number(); left > 0 && reader.good(); --left) {
    auto name = reader.text();
    auto value = reader.text();
    into.emplace_back(std::move(name), std::move(value));
  }
}

Error malformed() { return Error{"the row is malformed"}; }

void put(std::array<std::uint8_t, 24>& bytes, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace

void encode_body(const Message& message, Bytes& into) {
  into.clear();
  Appender appender(into);
  write(appender, message);
}

std::size_t body_size(const Message& message) {
  Counter counter;
  write(counter, message);
  return counter.size();
}

Result<Message> decode_body(ByteView body) {
  Reader reader(body);
  if (reader.byte() != kMessageKind) return Error{"the row is of a kind that this version does not know"};
  const auto flags = reader.byte();
  const auto traffic_class = reader.byte();
  if ((flags & kQosMask) == 3 || (flags & ~kKnownFlags) != 0 || traffic_class > 2) return malformed();
  Message message;
  message.qos = static_cast<QoS>(flags & kQosMask);
  message.retain = (flags & kRetain) != 0;
  message.traffic_class = static_cast<TrafficClass>(traffic_class);
  message.topic = reader.text();
  message.payload = reader.text();
  auto& properties = message.properties;
  properties.payload_is_utf8 = (flags & kUtf8) != 0;
  properties.content_type = reader.text();
  properties.response_topic = reader.text();
  read_user_properties(reader, properties.user);
  const auto origin = reader.byte();
  if (origin > static_cast<std::uint8_t>(Origin::Kind::gateway)) return malformed();
  message.origin.kind = static_cast<Origin::Kind>(origin);
  message.origin.name = reader.text();
  message.origin.user = reader.text();
  if ((flags & kExpiry) != 0) {
    const auto seconds = reader.number();
    if (seconds > std::numeric_limits<std::uint32_t>::max()) return malformed();
    properties.expiry_seconds = static_cast<std::uint32_t>(seconds);
  }
  if ((flags & kCorrelation) != 0) properties.correlation_data = reader.text();
  if (!reader.good_to_the_end()) return malformed();
  return message;
}

std::uint32_t row_checksum(const RowHead& head, ByteView body) {
  std::array<std::uint8_t, 24> bytes{};
  put(bytes, 0, head.epoch);
  put(bytes, 8, head.sequence);
  put(bytes, 16, static_cast<std::uint64_t>(head.stored_at_us));
  return crc32c(body, crc32c(bytes));
}

}  // namespace sluice::store
