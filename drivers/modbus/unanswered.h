// Requests on a serial line whose answer has not come and may still come. A serial answer carries
// no number, so a late one looks like the answer to any later request of the same form; what this
// remembers is which requests must not be asked plainly until that is excluded.
//
// A device answers its requests in order. So once it has answered a request that came later and
// whose answer cannot be mistaken, nothing older is outstanding: `settle`. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "drivers/modbus/pdu.h"

namespace sluice::modbus {

class Unanswered {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// After so long no device and no radio between still holds an answer back.
  static constexpr std::chrono::seconds kForgotten{30};

  void add(const Expected& expected, Time sent);
  void settle(std::uint8_t unit);
  /// Drops what is older than kForgotten.
  void forget(Time now);

  /// Whether an answer still to come would look like this one.
  bool may_be_mistaken_for(const Expected& expected) const;
  /// Whether an exception to this function may belong to an older request.
  bool has_function(std::uint8_t unit, std::uint8_t function) const;
  /// When the last of a unit's requests will be forgotten.
  std::optional<Time> forgotten_at(std::uint8_t unit) const;

  /// A read beside `request` whose answer looks like none that may still come and not like the
  /// request's own. It reads at most `reach` registers (bits) from the request's address, which
  /// must be allowed; nothing when that leaves no choice.
  std::optional<Request> distinct_probe(const Request& request, std::uint32_t reach) const;

 private:
  struct Entry {
    Expected expected;
    Time sent;
  };

  std::vector<Entry> entries_;
};

}  // namespace sluice::modbus
