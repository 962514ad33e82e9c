// Opening the wire's port, as often as it takes. Time is an argument.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/clock.h"
#include "gateway/poll/bus_ledger.h"
#include "gateway/poll/wire.h"

namespace sluice {

/// Tries again after half a second, then in growing intervals up to five. A port that opens and is
/// lost before it has carried anything does not count as opened: the intervals grow on. Trouble is
/// logged when it begins and when it ends.
class Port {
 public:
  Port(Wire& wire, BusLedger& ledger, std::string log_part);

  bool is_open() const { return is_open_; }
  /// Since the first failure, until it has carried an exchange again.
  bool is_in_trouble() const { return failures_ > 0; }

  MonotonicTime open_at() const { return open_at_; }

  /// Answers whether it is open now. Not to be called before open_at().
  bool open(MonotonicTime now);

  /// Closes it, to open it again later.
  void lose(std::string_view reason, MonotonicTime now);

  /// It has carried an exchange.
  void prove();

  void close();

 private:
  void fail(std::string_view reason, MonotonicTime now);

  Wire& wire_;
  BusLedger& ledger_;
  const std::string log_part_;
  bool is_open_ = false;
  MonotonicTime open_at_ = MonotonicTime::min();
  Duration pause_;
  std::uint64_t failures_ = 0;  // since it carried something
};

}  // namespace sluice
