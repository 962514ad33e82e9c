// Two lines as filters and a third as a topic name: what the rules say of them must not contradict
// itself. All of it as UTF-8, against the definition in RFC 3629 taken literally.
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/access/filter_relations.h"
#include "gateway/base/bytes.h"
#include "gateway/base/topic.h"
#include "gateway/base/utf8.h"

namespace {

using namespace sluice;

std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line;
}

// How many bytes a character has by its first one; 0 for none.
std::size_t length_by_first(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first >> 5 == 0x06) return 2;
  if (first >> 4 == 0x0E) return 3;
  if (first >> 3 == 0x1E) return 4;
  return 0;
}

bool is_utf8_by_definition(std::string_view text) {
  constexpr std::uint32_t kSmallest[] = {0, 1, 0x80, 0x800, 0x10000};
  while (!text.empty()) {
    const auto first = static_cast<std::uint8_t>(text[0]);
    const auto length = length_by_first(first);
    if (length == 0 || length > text.size()) return false;
    std::uint32_t character = length == 1 ? first : first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<std::uint8_t>(text[i]);
      if (next >> 6 != 2) return false;
      character = character << 6 | (next & 0x3F);
    }
    if (character < kSmallest[length] || character > 0x10FFFF) return false;
    if (character >= 0xD800 && character <= 0xDFFF) return false;
    text.remove_prefix(length);
  }
  return true;
}

void check_filters(std::string_view left, std::string_view right, std::string_view name) {
  if (!topic::is_valid_filter(left) || !topic::is_valid_filter(right)) return;
  assert(access::overlap(left, right) == access::overlap(right, left));
  if (access::covers(left, right)) assert(access::overlap(left, right));
  if (!topic::is_valid_name(name)) return;
  const bool by_left = topic::matches(left, name);
  const bool by_right = topic::matches(right, name);
  if (by_left && by_right) assert(access::overlap(left, right));
  if (by_right && access::covers(left, right)) assert(by_left);
  if (access::covers(left, name)) assert(by_left);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text({data, size});
  assert(is_valid_utf8(text) == is_utf8_by_definition(text));
  const auto left = next_line(text);
  const auto right = next_line(text);
  check_filters(left, right, next_line(text));
  return 0;
}
