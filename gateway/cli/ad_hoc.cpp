#include "gateway/cli/ad_hoc.h"

#include <utility>

namespace sluice::cli {

SettingValue text_setting(std::string name, std::string text) {
  SettingValue value;
  value.name = std::move(name);
  value.text = std::move(text);
  return value;
}

SettingValue choice_setting(std::string name, std::string choice) {
  auto value = text_setting(std::move(name), std::move(choice));
  value.type = SettingType::choice;
  return value;
}

SettingValue integer_setting(std::string name, std::int64_t integer) {
  SettingValue value;
  value.name = std::move(name);
  value.type = SettingType::integer;
  value.integer = integer;
  return value;
}

SettingValues modbus_bus(const std::string& host, const std::string& port, const std::string& serial) {
  if (!host.empty()) return {choice_setting("transport", "tcp"), text_setting("host", host)};
  return {choice_setting("transport", "rtu"), text_setting("port", port), text_setting("serial", serial)};
}

}  // namespace sluice::cli
