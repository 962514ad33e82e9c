// Whether bytes from a device may be handed on as text.
#pragma once

#include <string_view>

namespace sluice::registers {

/// Well-formed UTF-8 without control characters below U+0020 (Unicode 15, table 3-7).
bool is_utf8(std::string_view text);

}  // namespace sluice::registers
