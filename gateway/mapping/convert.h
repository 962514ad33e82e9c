// From a raw value to what it means, and back. Pure. Decimal arithmetic is exact: 2302 x 0.1 is
// 230.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/setting.h"
#include "gateway/base/value.h"
#include "gateway/config/decimal.h"
#include "gateway/mapping/plan.h"

namespace sluice::mapping {

/// The number type that a driver's point settings name (`type: int16`).
RawType raw_type(const SettingValues& settings);

/// A value, or in few words why there is none.
struct Interpreted {
  Value value;
  std::string reason;
};

/// What the device means by `raw`, which holds something.
Interpreted interpret(const Meaning& meaning, const Value& raw);

/// What somebody wants a point to be: a text as it was sent, or a typed value.
struct Wanted {
  Value value;
  bool is_plain = false;  // a text that may stand for a number or a bool
};

/// A value as it was understood, and what to write for it.
struct Writable {
  Value value;
  Value raw;
};

/// Refused with a sentence: wrong type, outside of limits, off the steps, not exactly expressible as
/// a raw value.
Result<Writable> to_raw(const Meaning& meaning, const Wanted& wanted);

}  // namespace sluice::mapping
