// Whether a TCP connection to a host comes about, and if not, why.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"

namespace sluice::upstream {

/// Resolves `host`, connects to its addresses one after the other until one answers, and closes.
/// Ends by `until`, or soon after `stop` has become true; only the resolver has time-outs of its
/// own (resolv.conf(5)). The error names the cause: name, refused, no route, no answer.
Result<void> probe(const std::string& host, std::uint16_t port, MonotonicTime until, const std::atomic<bool>& stop);

}  // namespace sluice::upstream
