// Questions whose answer has not come and may still come. An answer names meter and item, so a late
// one is recognised; an error names the meter only, and may be that of an older question. Pure.
#pragma once

#include <chrono>
#include <vector>

#include "drivers/dlt645/answer.h"

namespace sluice::dlt645 {

class Unanswered {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// After so long no meter and no radio between still holds an answer back.
  static constexpr std::chrono::seconds kForgotten{30};

  void add(const Question& question, Time sent);
  /// The meter has answered a later question: it answers in order, so nothing older will come.
  void settle(const Address& asked);
  void forget(Time now);

  /// Whether an error from this meter may be about another item.
  bool has_other(const Question& question) const;

 private:
  struct Entry {
    Question question;
    Time sent;
  };
  std::vector<Entry> entries_;
};

}  // namespace sluice::dlt645
