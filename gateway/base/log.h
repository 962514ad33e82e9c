// The program's log: one line per event, for the person who is called at 3 a.m. The only door to
// spdlog; nothing else includes it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace sluice::log {

enum class Level : std::uint8_t { debug, info, warning, error };

/// Before the first line; `threshold` and above are written to standard error. With `journal` the
/// time is left out and the syslog priority is put in front (sd-daemon(3)), because systemd adds
/// its own time. Lines are written by a thread of their own: a stalled terminal never stalls the
/// gateway; lines that do not fit into its queue are dropped oldest first and counted.
void start(Level threshold, bool journal);

/// Writes what is still queued and says how many lines were dropped. Safe to call twice.
void stop();

void set_threshold(Level threshold);
bool is_enabled(Level level);

/// `part` is the component in one word (bus line-a, broker, outbox, upstream cloud).
void write(Level level, std::string_view part, std::string_view text);

template <class... Args>
void debug(std::string_view part, fmt::format_string<Args...> format, Args&&... args) {
  if (is_enabled(Level::debug)) write(Level::debug, part, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view part, fmt::format_string<Args...> format, Args&&... args) {
  if (is_enabled(Level::info)) write(Level::info, part, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(std::string_view part, fmt::format_string<Args...> format, Args&&... args) {
  if (is_enabled(Level::warning)) write(Level::warning, part, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::string_view part, fmt::format_string<Args...> format, Args&&... args) {
  if (is_enabled(Level::error)) write(Level::error, part, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace sluice::log
