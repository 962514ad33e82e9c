// Time. Intervals are measured on the monotonic clock only; the wall clock is read once for
// each time that is shown to somebody. Pure code takes both as arguments.
#pragma once

#include <chrono>
#include <string>

namespace sluice {

using MonotonicTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;
using Duration = std::chrono::nanoseconds;

inline MonotonicTime monotonic_now() { return std::chrono::steady_clock::now(); }
inline WallTime wall_now() { return std::chrono::system_clock::now(); }

/// UTC with milliseconds, as in payloads: 2026-11-20T17:00:00.123Z (RFC 3339). Rounds down.
std::string to_iso8601(WallTime time);

/// Milliseconds since 1970-01-01T00:00:00Z; rounds down.
std::int64_t to_unix_ms(WallTime time);

/// Whether the wall clock can be trusted at all: false before the year 2020, which is what a
/// box without a battery shows until its first synchronisation.
bool is_plausible(WallTime time);

}  // namespace sluice
