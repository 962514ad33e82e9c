// How two topic filters relate. Pure.
#pragma once

#include <string_view>

namespace sluice::access {

/// Whether every topic name that matches `inner` matches `outer`, too. Both must be valid.
bool covers(std::string_view outer, std::string_view inner);

/// Whether there is a topic name that matches both. Both must be valid.
bool overlap(std::string_view left, std::string_view right);

}  // namespace sluice::access
