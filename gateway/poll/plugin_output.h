// What a plugin handed out, copied into our own values after it was checked. The error is a
// sentence about what is wrong with it, for the log.
#pragma once

#include <cstdint>
#include <vector>

#include "drivers/sdk/driver.h"
#include "gateway/base/result.h"
#include "gateway/base/setting.h"
#include "gateway/poll/wire.h"

namespace sluice {

/// One of the four tables of settings; `section` names it in the error.
Result<std::vector<SettingSpec>> settings_from(const sluice_setting_spec* first, std::uint32_t count,
                                               std::string_view section);

Result<Reading> reading_from(const sluice_value& raw, std::uint32_t point_count);

/// A plan must be for `device` and consist of reads only, or of writes only.
enum class PlanKind : std::uint8_t { read, write };
Result<Plan> plan_from(const sluice_plan& raw, std::uint32_t device, PlanKind kind, std::uint32_t point_count);

Result<Outcome> outcome_from(const sluice_outcome& raw, std::uint32_t device,
                             const std::vector<std::uint32_t>& point_counts);

}  // namespace sluice
