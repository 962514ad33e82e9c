// A TCP port that is free and stays so for other tests, also while nobody listens on it: for servers
// that must be told their port and come back on the same one.
#pragma once

#include <cstdint>

namespace sluice::testing {

class ReservedPort {
 public:
  ReservedPort();
  ~ReservedPort();
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;

  std::uint16_t number() const { return number_; }

 private:
  std::uint16_t number_ = 0;
  int lock_ = -1;
};

}  // namespace sluice::testing
