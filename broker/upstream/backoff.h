// How long to wait before the next attempt. Pure: chance is an argument.
#pragma once

#include "gateway/base/clock.h"

namespace sluice::upstream {

/// Full jitter: a random part of a ceiling that doubles with each attempt. A thousand gateways
/// that lost the same broker at the same moment do not come back at the same moment. Not less than
/// a tenth of the first ceiling, so that bad luck is no busy loop.
class Backoff {
 public:
  Backoff(Duration first, Duration most) : first_(first), most_(most), ceiling_(first) {}

  /// `chance` is from 0 to below 1.
  Duration next(double chance);

  /// An attempt has succeeded.
  void reset() { ceiling_ = first_; }

 private:
  Duration first_;
  Duration most_;
  Duration ceiling_;
};

}  // namespace sluice::upstream
