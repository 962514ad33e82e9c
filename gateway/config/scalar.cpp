#include "gateway/config/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include "gateway/config/complaint.h"

namespace sluice::config {

namespace {

constexpr std::size_t kLongestName = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string allowed(std::int64_t min, std::int64_t max) {
  const bool has_min = min != std::numeric_limits<std::int64_t>::min();
  const bool has_max = max != std::numeric_limits<std::int64_t>::max();
  if (has_min && has_max) return fmt::format("a whole number from {} to {}", min, max);
  if (has_min) return fmt::format("a whole number of at least {}", min);
  if (has_max) return fmt::format("a whole number of at most {}", max);
  return "a whole number";
}

template <class Number>
bool read_whole(std::string_view text, Number& number, int base = 10) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return code == std::errc{} && end == text.data() + text.size();
}

bool has_leading_zero(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && is_digit(text[1]);
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

/// number x factor; nothing when it does not read, has no known unit, or exceeds `most`.
template <std::size_t N>
std::optional<std::uint64_t> read_with_unit(std::string_view text, const std::array<Unit, N>& units,
                                            std::uint64_t most) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number_text = text.substr(0, digits);
  if (number_text.empty() || has_leading_zero(number_text)) return std::nullopt;
  const auto name = text.substr(digits);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& known) { return known.name == name; });
  std::uint64_t number = 0;
  if (unit == units.end() || !read_whole(number_text, number) || number > most / unit->factor) return std::nullopt;
  return number * unit->factor;
}

constexpr std::array kTimeUnits{Unit{"us", 1},         Unit{"ms", 1'000},        Unit{"s", 1'000'000},
                                Unit{"m", 60'000'000}, Unit{"h", 3'600'000'000}, Unit{"d", 86'400'000'000}};
constexpr std::array kSizeUnits{Unit{"B", 1},
                                Unit{"KiB", 1ULL << 10},
                                Unit{"MiB", 1ULL << 20},
                                Unit{"GiB", 1ULL << 30},
                                Unit{"TiB", 1ULL << 40},
                                Unit{"kB", 1'000},
                                Unit{"KB", 1'000},
                                Unit{"MB", 1'000'000},
                                Unit{"GB", 1'000'000'000},
                                Unit{"TB", 1'000'000'000'000}};
constexpr std::uint64_t kLongestMicroseconds = 3650ULL * 86'400'000'000;
constexpr std::array kSpeeds{"300",   "1200",  "2400",   "4800",   "9600",   "19200",
                             "38400", "57600", "115200", "230400", "460800", "921600"};

Result<void> check_characters(std::string_view text, std::string_view beside_letters, std::string_view said) {
  const auto fits = [&](char c) {
    return is_letter(c) || is_digit(c) || beside_letters.find(c) != std::string_view::npos;
  };
  if (text.empty() || text.size() > kLongestName || !std::all_of(text.begin(), text.end(), fits)) {
    return wrong(fmt::format("`{}` is no name; 1 to {} letters, digits{}", text, kLongestName, said));
  }
  return {};
}

}  // namespace

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t min, std::int64_t max, Hex hex) {
  const bool is_hex = text.starts_with("0x");
  if (is_hex && hex == Hex::refused) {
    return wrong(fmt::format("`{}` is written with 0x; here it takes {} in plain digits", text, allowed(min, max)));
  }
  if (has_leading_zero(text)) {
    return wrong(fmt::format("`{}` has a leading zero; write {} without one", text, allowed(min, max)));
  }
  std::int64_t number = 0;
  const bool reads = is_hex ? read_whole(text.substr(2), number, 16) && number >= 0 : read_whole(text, number);
  if (!reads || number < min || number > max) {
    return wrong(fmt::format("`{}` is not right; it takes {}", text, allowed(min, max)));
  }
  return number;
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return wrong(fmt::format("`{}` is not right; it takes true or false", text));
}

Result<Duration> parse_duration(std::string_view text) {
  const auto microseconds = read_with_unit(text, kTimeUnits, kLongestMicroseconds);
  if (!microseconds) return wrong(fmt::format("`{}` is no duration; write it as 300ms, 5s, 15m, 1h or 1d", text));
  return Duration(std::chrono::microseconds(*microseconds));
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto bytes = read_with_unit(text, kSizeUnits, std::numeric_limits<std::int64_t>::max());
  if (!bytes) return wrong(fmt::format("`{}` is no size; write it as 512KiB, 64MiB or 250MB", text));
  return *bytes;
}

Result<void> check_serial(std::string_view text) {
  const auto dash = text.find('-');
  const auto speed = text.substr(0, dash);
  const auto frame = dash == std::string_view::npos ? std::string_view{} : text.substr(dash + 1);
  const bool speed_is_known = std::find(kSpeeds.begin(), kSpeeds.end(), speed) != kSpeeds.end();
  const bool frame_is_known = frame.size() == 3 && (frame[0] == '7' || frame[0] == '8') &&
                              std::string_view("NEO").find(frame[1]) != std::string_view::npos &&
                              (frame[2] == '1' || frame[2] == '2');
  if (speed_is_known && frame_is_known) return {};
  return wrong(
      fmt::format("`{}` is not right; it takes speed-frame such as 9600-8N1: {}, then 7 or 8 bits, N, E or O, "
                  "1 or 2 stop bits",
                  text, fmt::join(kSpeeds, " ")));
}

Result<void> check_name(std::string_view text) { return check_characters(text, "_-.", ", `_`, `-` and `.`"); }

Result<void> check_point_name(std::string_view text) { return check_characters(text, "_", " and `_`"); }

Result<void> check_pattern(std::string_view text) {
  return check_characters(text, "_-.*", ", `_`, `-`, `.`, and `*` for any characters");
}

bool is_pattern(std::string_view text) { return text.find('*') != std::string_view::npos; }

bool matches_pattern(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0;
  std::size_t star = std::string_view::npos, retry_from = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry_from = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry_from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace sluice::config
