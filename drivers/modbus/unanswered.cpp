#include "drivers/modbus/unanswered.h"

#include <algorithm>

namespace sluice::modbus {

void Unanswered::add(const Expected& expected, Time sent) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.expected == expected; });
  entries_.push_back({expected, sent});
}

void Unanswered::settle(std::uint8_t unit) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.expected.unit == unit; });
}

void Unanswered::forget(Time now) {
  std::erase_if(entries_, [&](const Entry& entry) { return now - entry.sent >= kForgotten; });
}

bool Unanswered::may_be_mistaken_for(const Expected& expected) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) { return entry.expected == expected; });
}

bool Unanswered::has_function(std::uint8_t unit, std::uint8_t function) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.expected.unit == unit && entry.expected.function() == function;
  });
}

std::optional<Unanswered::Time> Unanswered::forgotten_at(std::uint8_t unit) const {
  std::optional<Time> last;
  for (const auto& entry : entries_) {
    if (entry.expected.unit == unit) last = std::max(last.value_or(entry.sent), entry.sent);
  }
  return last ? std::optional(*last + kForgotten) : std::nullopt;
}

std::optional<Request> Unanswered::distinct_probe(const Request& request, std::uint32_t reach) const {
  const auto table = table_of(request.function());
  const auto step = is_bits(table) ? 8u : 1u;
  const auto own = expected_answer(request);
  for (std::uint32_t count = 1; count <= reach; count = count < step ? step : count + 1) {
    const auto probe = read_request(request.unit, table, request.address(), static_cast<std::uint16_t>(count));
    const auto expected = expected_answer(probe);
    if (expected != own && !may_be_mistaken_for(expected)) return probe;
  }
  return std::nullopt;
}

}  // namespace sluice::modbus
