// Well-formed text as MQTT demands it. Pure.
#pragma once

#include <string_view>

namespace sluice {

/// Whether `text` is well-formed UTF-8 without U+0000 and without surrogates
/// [MQTT-1.5.4-1, MQTT-1.5.4-2]: no overlong forms, nothing above U+10FFFF. Control characters,
/// non-characters and a BOM are allowed [MQTT-1.5.4-3].
bool is_valid_utf8(std::string_view text);

}  // namespace sluice
