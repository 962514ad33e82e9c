// Which requests read a set of values of one table most cheaply: pure arithmetic on register
// numbers. What a device cannot bear is a rule; what a register costs is a number, so that a hole
// is read through exactly where that is cheaper than another request.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sluice::registers {

/// First and last register, both included.
struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  std::uint32_t count() const { return last - first + 1; }
  bool contains(const Range& other) const { return first <= other.first && other.last <= last; }
  bool meets(const Range& other) const { return first <= other.last && other.first <= last; }
  bool operator==(const Range&) const = default;
};

/// What reading costs, in microseconds: request and answer without their content, silences and
/// the device's turnaround; and each byte of content.
struct Cost {
  double request = 51'000;
  double byte = 1'042;
};

/// What one table of one device bears.
struct ReadRules {
  std::uint32_t longest = 125;  // registers (or bits) in one request
  std::uint32_t item_bits = 16;
  Cost cost;
  std::optional<std::uint32_t> longest_gap;  // none: whatever pays
  bool one_by_one = false;                   // only values in the same registers share a request
  bool from_0 = false;                       // each request begins at 0
  std::vector<Range> legal;                  // requests lie inside one of them; empty: anywhere
  std::vector<Range> whole;                  // read entirely and alone, or not at all
  // Learned from refused requests:
  std::vector<Range> holes;  // only asked for alone, by a value that lies there
  std::vector<Range> tight;  // no register between values is read here
  std::vector<Range> apart;  // each value in a request of its own
};

/// One value to be read; `point` is the caller's name for it.
struct Wanted {
  std::uint32_t point = 0;
  Range range;
};

struct ReadRequest {
  Range range;
  std::vector<std::uint32_t> points;
};

/// The cheapest requests that hold each readable value of `must` whole, exactly once, in the order
/// of their registers. Values of `may` ride along where they lie in a request anyway or lengthen
/// one by less than a request of their own costs. Values that the rules forbid are in none.
std::vector<ReadRequest> plan_read(std::span<const Wanted> must, std::span<const Wanted> may, const ReadRules& rules);

/// Why a value there can never be read under the rules, as the end of a sentence; nothing when it can.
std::optional<std::string> complaint_about(const Range& range, const ReadRules& rules);

double cost_of(const Range& range, const ReadRules& rules);

}  // namespace sluice::registers
