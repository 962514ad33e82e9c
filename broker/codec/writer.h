// Where an encoder puts its bytes. Without a target it only counts them, so that one description
// of a packet gives its length first and its bytes afterwards.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "broker/codec/properties.h"
#include "gateway/base/bytes.h"

namespace sluice::codec {

class Writer {
 public:
  /// Counts only.
  Writer() = default;
  /// Writes to `target`, which must have room for all that counting came to.
  explicit Writer(std::uint8_t* target) : target_(target) {}

  std::size_t size() const { return size_; }

  void byte(std::uint8_t value) {
    if (target_ != nullptr) target_[size_] = value;
    ++size_;
  }

  void two_bytes(std::uint16_t value) {
    byte(static_cast<std::uint8_t>(value >> 8));
    byte(static_cast<std::uint8_t>(value));
  }

  void four_bytes(std::uint32_t value) {
    two_bytes(static_cast<std::uint16_t>(value >> 16));
    two_bytes(static_cast<std::uint16_t>(value));
  }

  void variable(std::size_t value) {
    assert(value <= 268'435'455);
    for (; value > 0x7F; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
  }

  void bytes(ByteView value) {
    if (target_ != nullptr && !value.empty()) std::memcpy(target_ + size_, value.data(), value.size());
    size_ += value.size();
  }

  void binary(ByteView value) {
    assert(value.size() <= 0xFFFF);
    two_bytes(static_cast<std::uint16_t>(value.size()));
    bytes(value);
  }

  void text(std::string_view value) { binary(as_bytes(value)); }

  // Properties: each is written when it says something, that is, differs from what its absence
  // means.

  void flag(PropertyId id, bool value) {
    property(id);
    byte(value ? 1 : 0);
  }

  void flag(PropertyId id, const std::optional<bool>& value) {
    if (value) flag(id, *value);
  }

  void two_bytes(PropertyId id, const std::optional<std::uint16_t>& value) {
    if (!value) return;
    property(id);
    two_bytes(*value);
  }

  void four_bytes(PropertyId id, const std::optional<std::uint32_t>& value) {
    if (!value) return;
    property(id);
    four_bytes(*value);
  }

  void variable(PropertyId id, const std::optional<std::uint32_t>& value) {
    if (!value) return;
    property(id);
    variable(*value);
  }

  void text(PropertyId id, std::string_view value) {
    if (value.empty()) return;
    property(id);
    text(value);
  }

  void binary(PropertyId id, const std::optional<ByteView>& value) {
    if (!value) return;
    property(id);
    binary(*value);
  }

  void user(const UserProperties& properties) {
    for (const auto& [name, value] : properties) {
      property(PropertyId::user_property);
      text(name);
      text(value);
    }
  }

 private:
  void property(PropertyId id) { byte(static_cast<std::uint8_t>(id)); }

  std::uint8_t* target_ = nullptr;
  std::size_t size_ = 0;
};

/// A set of properties with its length in front. `put(writer)` is called twice.
template <class Put>
void put_properties(Writer& out, Put put) {
  Writer count;
  put(count);
  out.variable(count.size());
  put(out);
}

}  // namespace sluice::codec
