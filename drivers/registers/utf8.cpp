#include "drivers/registers/utf8.h"

#include <algorithm>
#include <cstdint>

namespace sluice::registers {

namespace {

struct Lead {
  std::uint8_t from, to;                // lead bytes
  std::uint8_t second_from, second_to;  // what may follow them
  std::uint8_t length;
};

constexpr Lead kLeads[] = {
    {0x20, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

std::uint8_t byte_of(char character) { return static_cast<std::uint8_t>(character); }

bool is_continued(std::string_view tail) {
  return std::ranges::all_of(tail, [](char character) { return (byte_of(character) & 0xC0) == 0x80; });
}

/// The bytes of the first character, 0 when it is none.
std::size_t character_length(std::string_view text) {
  const auto first = byte_of(text[0]);
  for (const auto& lead : kLeads) {
    if (first < lead.from || first > lead.to) continue;
    if (lead.length == 1) return 1;
    if (text.size() < lead.length) return 0;
    const auto second = byte_of(text[1]);
    const auto fits = second >= lead.second_from && second <= lead.second_to;
    return fits && is_continued(text.substr(2, lead.length - 2u)) ? lead.length : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace sluice::registers
