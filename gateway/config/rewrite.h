// Templates of `as` in rules of upstreams: how a topic is called on the other side. Pure, on
// filters instead of topics, to see before anything runs where messages can go.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace sluice::config {

/// `{topic}`, `{topic:2}`, `{topic:2..}` (levels from 1), `{1}` (what a `+` matched), `{#}`; `{{`
/// is a brace.
Result<void> check_rewrite(std::string_view as);

/// A filter that matches everything that `as` can make of topics that match `filter`.
std::string rewritten_filter(std::string_view as, std::string_view filter);

/// Whether some topic matches both filters.
bool filters_meet(std::string_view a, std::string_view b);

/// Whether every topic that matches `inner` also matches `outer`.
bool filter_covers(std::string_view outer, std::string_view inner);

}  // namespace sluice::config
