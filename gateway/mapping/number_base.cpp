#include "gateway/mapping/number_base.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "gateway/config/reader.h"

namespace sluice::mapping {

namespace {

constexpr std::int64_t kPerTable = 10'000;

/// The table that the first of five digits names; empty for digits that name none.
std::string_view table_of(std::int64_t number) {
  switch (number / kPerTable) {
    case 0: return "coil";
    case 1: return "discrete";
    case 3: return "input";
    case 4: return "holding";
    default: return {};
  }
}

SettingValue* find(SettingValues& values, std::string_view name) {
  for (auto& value : values) {
    if (value.name == name) return &value;
  }
  return nullptr;
}

Result<std::int64_t> as_sent(NumberBase base, std::int64_t number) {
  const auto counted = base == NumberBase::table_digit ? number % kPerTable : number;
  if (counted < 1) return config::wrong(fmt::format("{} is below the first number with this `base`", number));
  return counted - 1;
}

Result<void> set_table(SettingValues& point, std::int64_t number) {
  const auto named = table_of(number);
  if (named.empty()) return config::wrong(fmt::format("{}: the first of five digits is 0, 1, 3 or 4", number));
  const auto* table = find(point, "table");
  if (table == nullptr) {
    point.push_back({"table", SettingType::choice, std::string(named), 0, 0, {}});
  } else if (table->text != named) {
    return config::wrong(fmt::format("{} is in table {}, but `table` says {}", number, named, table->text));
  }
  return {};
}

}  // namespace

Result<NumberBase> to_number_base(const config::Node& node) {
  return config::choice<NumberBase>(
      {{"0", NumberBase::as_sent}, {"1", NumberBase::from_one}, {"40001", NumberBase::table_digit}})(node);
}

Result<void> apply_base(NumberBase base, SettingValues& point) {
  auto* number = find(point, "register");
  if (base == NumberBase::as_sent || number == nullptr) return {};
  const auto written = number->integer;
  const auto sent = as_sent(base, written);
  if (!sent) return sent.error();
  number->integer = *sent;
  return base == NumberBase::table_digit ? set_table(point, written) : Result<void>{};
}

Result<void> apply_base_to_ranges(NumberBase base, SettingValues& reading) {
  if (base == NumberBase::as_sent) return {};
  for (auto& value : reading) {
    if (value.type != SettingType::ranges) continue;
    const bool second_is_end = value.name != "whole";
    for (auto& range : value.ranges) {
      const auto first = as_sent(base, range.first);
      const auto second = second_is_end ? as_sent(base, range.second) : Result<std::int64_t>(range.second);
      if (!first) return first.error();
      if (!second) return second.error();
      range.first = *first;
      range.second = *second;
    }
  }
  return {};
}

}  // namespace sluice::mapping
