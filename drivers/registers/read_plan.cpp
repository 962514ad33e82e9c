#include "drivers/registers/read_plan.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace sluice::registers {

namespace {

/// Registers that are asked for together at the least, and the values in them.
struct Item {
  Range range;
  std::vector<std::uint32_t> points;
  bool is_alone = false;
};

bool meets_any(const Range& range, const std::vector<Range>& ranges) {
  return std::ranges::any_of(ranges, [&](const Range& other) { return range.meets(other); });
}

const Range* whole_block_of(const Range& range, const ReadRules& rules) {
  const auto block = std::ranges::find_if(rules.whole, [&](const Range& whole) { return whole.meets(range); });
  return block == rules.whole.end() ? nullptr : &*block;
}

/// Sorted, with ranges that overlap or touch joined into one.
std::vector<Range> joined(std::vector<Range> ranges) {
  std::ranges::sort(ranges, {}, &Range::first);
  std::vector<Range> result;
  for (const auto& range : ranges) {
    if (!result.empty() && range.first <= result.back().last + 1) {
      result.back().last = std::max(result.back().last, range.last);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

bool is_legal(const Range& range, const ReadRules& rules) {
  if (rules.legal.empty()) return true;
  const auto legal = joined(rules.legal);
  return std::ranges::any_of(legal, [&](const Range& part) { return part.contains(range); });
}

Range requested_for(const Range& range, const ReadRules& rules) {
  if (const auto* block = whole_block_of(range, rules)) return *block;
  return rules.from_0 ? Range{0, range.last} : range;
}

Item item_for(const Wanted& wanted, const ReadRules& rules) {
  const auto is_alone = rules.one_by_one || whole_block_of(wanted.range, rules) ||
                        meets_any(wanted.range, rules.holes) || meets_any(wanted.range, rules.apart);
  return {requested_for(wanted.range, rules), {wanted.point}, is_alone};
}

/// Values in the same registers become one item; a value inside another's registers rides with it,
/// unless it has to be alone. What is left begins and ends in ascending order.
std::vector<Item> items_from(std::span<const Wanted> values, const ReadRules& rules) {
  std::vector<Item> sorted;
  for (const auto& wanted : values) {
    if (!complaint_about(wanted.range, rules)) sorted.push_back(item_for(wanted, rules));
  }
  std::ranges::stable_sort(sorted, [](const Item& a, const Item& b) {
    return a.range.first != b.range.first ? a.range.first < b.range.first : a.range.last > b.range.last;
  });
  std::vector<Item> items;
  std::optional<std::size_t> shared;  // the last item that takes others in; none before it reaches further
  for (auto& item : sorted) {
    Item* holder = nullptr;
    if (!items.empty() && items.back().range == item.range) holder = &items.back();
    if (!holder && shared && !item.is_alone && items[*shared].range.contains(item.range)) holder = &items[*shared];
    if (holder) {
      holder->points.insert(holder->points.end(), item.points.begin(), item.points.end());
      continue;
    }
    if (!item.is_alone) shared = items.size();
    items.push_back(std::move(item));
  }
  return items;
}

/// Whether reading from one range on to the next is allowed, whatever it costs.
bool may_bridge(const Range& before, const Range& after, const ReadRules& rules) {
  if (after.first <= before.last + 1) return true;
  const Range gap{before.last + 1, after.first - 1};
  if (rules.longest_gap && gap.count() > *rules.longest_gap) return false;
  return !meets_any(gap, rules.tight);
}

bool may_be_joint_request(const Range& range, const ReadRules& rules) {
  return range.count() <= rules.longest && is_legal(range, rules) && !meets_any(range, rules.holes) &&
         !meets_any(range, rules.whole);
}

/// The cheapest way to cut `items` into requests. Their first and last registers ascend together,
/// so the best requests are runs of neighbours: best[n] is the least cost of the first n items.
class Cut {
 public:
  Cut(const std::vector<Item>& items, const ReadRules& rules)
      : items_(items), rules_(rules), best_(items.size() + 1, 0.0), begin_(items.size() + 1, 0) {
    for (std::size_t end = 1; end <= items_.size(); ++end) extend_to(end);
  }

  std::vector<ReadRequest> requests() const {
    std::vector<ReadRequest> result;
    for (auto end = items_.size(); end > 0; end = begin_[end]) result.push_back(request(begin_[end], end));
    std::ranges::reverse(result);
    return result;
  }

 private:
  /// Finds where the request that ends with item `end` - 1 best begins.
  void extend_to(std::size_t end) {
    best_[end] = std::numeric_limits<double>::infinity();
    auto range = items_[end - 1].range;
    for (auto begin = end; begin-- > 0;) {
      if (begin + 1 < end && !may_prepend(begin, end, range)) break;
      range.first = std::min(range.first, items_[begin].range.first);
      const auto cost = best_[begin] + cost_of(range, rules_);
      if (cost >= best_[end]) continue;
      best_[end] = cost;
      begin_[end] = begin;
    }
  }

  bool may_prepend(std::size_t begin, std::size_t end, const Range& so_far) const {
    if (items_[begin].is_alone || items_[end - 1].is_alone) return false;
    if (!may_bridge(items_[begin].range, items_[begin + 1].range, rules_)) return false;
    return may_be_joint_request({items_[begin].range.first, so_far.last}, rules_);
  }

  ReadRequest request(std::size_t begin, std::size_t end) const {
    ReadRequest result{{items_[begin].range.first, items_[end - 1].range.last}, {}};
    for (auto i = begin; i < end; ++i) {
      result.points.insert(result.points.end(), items_[i].points.begin(), items_[i].points.end());
    }
    return result;
  }

  const std::vector<Item>& items_;
  const ReadRules& rules_;
  std::vector<double> best_;
  std::vector<std::size_t> begin_;
};

/// The range of a request after it has taken in an item, where that is allowed and pays.
std::optional<Range> lengthened(const Range& request, const Item& item, const ReadRules& rules) {
  if (request.contains(item.range)) return request;
  if (item.is_alone || rules.from_0 || meets_any(request, rules.apart)) return std::nullopt;
  const auto& [before, after] = std::minmax(request, item.range, [](auto& a, auto& b) { return a.first < b.first; });
  const Range longer{before.first, std::max(request.last, item.range.last)};
  if (!may_bridge(before, after, rules) || !may_be_joint_request(longer, rules)) return std::nullopt;
  const auto added = cost_of(longer, rules) - cost_of(request, rules);
  return added < cost_of(item.range, rules) ? std::optional(longer) : std::nullopt;
}

void ride_along(const Item& item, std::vector<ReadRequest>& requests, const ReadRules& rules) {
  for (auto& request : requests) {
    const auto range = lengthened(request.range, item, rules);
    if (!range) continue;
    request.range = *range;
    request.points.insert(request.points.end(), item.points.begin(), item.points.end());
    return;
  }
}

std::string text_of(const Range& range) { return std::to_string(range.first) + " to " + std::to_string(range.last); }

}  // namespace

double cost_of(const Range& range, const ReadRules& rules) {
  const auto bytes = (std::uint64_t{range.count()} * rules.item_bits + 7) / 8;
  return rules.cost.request + rules.cost.byte * static_cast<double>(bytes);
}

std::optional<std::string> complaint_about(const Range& range, const ReadRules& rules) {
  const auto* block = whole_block_of(range, rules);
  if (block && !block->contains(range)) return "lies across the border of the whole block " + text_of(*block);
  const auto requested = requested_for(range, rules);
  if (requested.count() > rules.longest) {
    return "needs a request of " + std::to_string(requested.count()) + ", the longest is " +
           std::to_string(rules.longest);
  }
  if (!is_legal(block ? requested : range, rules)) return "lies outside what `legal` allows";
  return std::nullopt;
}

std::vector<ReadRequest> plan_read(std::span<const Wanted> must, std::span<const Wanted> may, const ReadRules& rules) {
  assert(rules.longest > 0);
  const auto items = items_from(must, rules);
  auto requests = Cut(items, rules).requests();
  for (const auto& item : items_from(may, rules)) ride_along(item, requests, rules);
  return requests;
}

}  // namespace sluice::registers
