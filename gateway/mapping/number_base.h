// How a maker's table counts registers, said once per file as `base`. Everything behind this counts
// from 0, as sent on the wire. Pure.
#pragma once

#include <cstdint>

#include "gateway/base/result.h"
#include "gateway/base/setting.h"
#include "gateway/config/node.h"

namespace sluice::mapping {

enum class NumberBase : std::uint8_t {
  as_sent,      // 0: the number is what goes on the wire
  from_one,     // 1: the number on the wire is one less
  table_digit,  // 40001: the first digit of five is the table, the rest counts from 1
};

Result<NumberBase> to_number_base(const config::Node& node);

/// Turns `register` of a point into what is sent; with table_digit it also sets `table`, and
/// refuses another one.
Result<void> apply_base(NumberBase base, SettingValues& point);

/// The same for the first numbers of all ranges per table (`legal`, `whole`), and for the second
/// ones where they are ends and no counts.
Result<void> apply_base_to_ranges(NumberBase base, SettingValues& reading);

}  // namespace sluice::mapping
