// Templates of `as` in rules of upstreams: how a topic is called on the other side. Pure.
#pragma once

#include <string_view>

#include "gateway/base/result.h"

namespace sluice::config {

/// `{topic}`, `{topic:2}`, `{topic:2..}` (levels from 1), `{1}` (what a `+` matched), `{#}`; `{{`
/// is a brace.
Result<void> check_rewrite(std::string_view as);

}  // namespace sluice::config
