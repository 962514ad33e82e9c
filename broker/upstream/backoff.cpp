#include "broker/upstream/backoff.h"

#include <algorithm>
#include <cassert>

namespace sluice::upstream {

Duration Backoff::next(double chance) {
  assert(chance >= 0 && chance < 1);
  const auto part = Duration(static_cast<Duration::rep>(static_cast<double>(ceiling_.count()) * chance));
  ceiling_ = ceiling_ > most_ / 2 ? most_ : ceiling_ * 2;
  return std::max(part, std::min(first_, most_) / 10);
}

}  // namespace sluice::upstream
