// MQTT topic names and filters: their rules and how they match. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::topic {

/// The most levels and bytes that a topic name or filter may have here. MQTT itself allows
/// 65,535 bytes; a topic of nothing but slashes has stopped brokers before.
inline constexpr std::size_t kMaxLevels = 32;
inline constexpr std::size_t kMaxBytes = 1024;

/// Whether `name` may be published to: 1 byte at least, no wildcard, no U+0000
/// [MQTT-3.3.2-2, MQTT-4.7.3-1, MQTT-4.7.3-2]. UTF-8 is checked by is_valid_utf8.
bool is_valid_name(std::string_view name);

/// Whether `filter` may be subscribed to: `#` last and alone in its level, `+` alone in its
/// level [MQTT-4.7.1-1, MQTT-4.7.1-2].
bool is_valid_filter(std::string_view filter);

/// Whether `filter` matches `name`. Both must be valid. Wildcards in the first level never
/// match a name that begins with `$` [MQTT-4.7.2-1]; `a/#` matches `a`, too.
bool matches(std::string_view filter, std::string_view name);

/// Number of levels: one more than slashes. Levels may be empty.
std::size_t level_count(std::string_view text);

/// Whether both limits above are kept.
bool is_within_limits(std::string_view text);

/// Walks the levels of a name or filter from the left.
class Levels {
 public:
  explicit Levels(std::string_view text) : rest_(text) {}

  bool done() const { return done_; }

  /// The next level; must not be called once done.
  std::string_view next() {
    const auto slash = rest_.find('/');
    const auto level = rest_.substr(0, slash);
    done_ = slash == std::string_view::npos;
    rest_ = done_ ? std::string_view{} : rest_.substr(slash + 1);
    return level;
  }

  /// What has not been walked yet, without a leading slash.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool done_ = false;
};

}  // namespace sluice::topic
