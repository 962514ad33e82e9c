#include "drivers/dlt645/unanswered.h"

#include <algorithm>

namespace sluice::dlt645 {

void Unanswered::add(const Question& question, Time sent) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.question == question; });
  entries_.push_back({question, sent});
}

void Unanswered::settle(const Address& asked) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.question.address == asked; });
}

void Unanswered::forget(Time now) {
  std::erase_if(entries_, [&](const Entry& entry) { return now - entry.sent >= kForgotten; });
}

bool Unanswered::has_other(const Question& question) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.question.address == question.address && entry.question != question;
  });
}

}  // namespace sluice::dlt645
