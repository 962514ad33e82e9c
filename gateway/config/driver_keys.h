// Keys that a driver declares: checked against its DriverSpec, which is all that is known of them.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/base/setting.h"
#include "gateway/config/reader.h"
#include "gateway/config/scalar.h"

namespace sluice::config {

/// The values of those declared keys that stand in `map`; no fallbacks yet.
SettingValues read_settings(MapReader& map, const std::vector<SettingSpec>& specs, Hex hex = Hex::refused);

/// Adds the fallback of every declared key that has one and no value yet.
void add_fallbacks(SettingValues& values, const std::vector<SettingSpec>& specs);

/// Complains about declared keys that are required and absent.
void check_required(const SettingValues& values, const std::vector<SettingSpec>& specs, MapReader& map);

/// `over` laid over `under`, key by key.
SettingValues merged(const SettingValues& under, const SettingValues& over);

/// For KeyTable::built.
void add_names(std::vector<std::string_view>& names, const std::vector<SettingSpec>& specs);

}  // namespace sluice::config
