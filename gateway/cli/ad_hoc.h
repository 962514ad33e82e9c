// Settings that come from the command line instead of a site file. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/base/setting.h"

namespace sluice::cli {

SettingValue text_setting(std::string name, std::string text);
SettingValue choice_setting(std::string name, std::string choice);
SettingValue integer_setting(std::string name, std::int64_t integer);

/// The bus settings of a Modbus TCP host where one is named, else of a serial port.
SettingValues modbus_bus(const std::string& host, const std::string& port, const std::string& serial);

}  // namespace sluice::cli
