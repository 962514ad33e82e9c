#include "drivers/dlt645/line.h"

#include <algorithm>

namespace sluice::dlt645 {

namespace {

using driver::Microseconds;

/// Adapters hand bytes over in portions: up to 16 ms apart with usual USB settings.
constexpr Microseconds kPortion{20'000};
/// What is granted beyond silence, request and time-out to a line that is not quiet yet.
constexpr Microseconds kGrace{200'000};
/// What meters usually need before they answer; the standard allows 20 to 500 ms.
constexpr Microseconds kUsualThought{100'000};
/// Bytes FE before an answer.
constexpr std::size_t kPreambleOfAnswer = 4;

}  // namespace

Line::Line(const BusSettings& settings) : settings_(settings), port_(settings.port, settings.serial) {}

/// The answer to a question of whoever had the port before may be on its way: it is waited for.
driver::Done Line::open() {
  auto opened = port_.open();
  if (!opened.ok()) return opened;
  only_meter_.reset();
  last_activity_ = Clock::now();
  const auto until = last_activity_ + settings_.timeout;
  while (Clock::now() < until && port_.wait(until) == Ready::yes && take_bytes()) received_.clear();
  received_.clear();
  return opened;
}

Microseconds Line::time_of_request(const Asking& asking) const {
  return settings_.serial.time_of(settings_.preamble + frame_size(asking.question.item.size()));
}

Microseconds Line::time_of_answer(const Asking& asking) const {
  const auto body = asking.question.item.size() + asking.content_size;
  return settings_.serial.time_of(kPreambleOfAnswer + frame_size(body));
}

/// Request, time-out and answer, once the line is quiet.
Microseconds Line::time_needed(const Asking& asking) const {
  return time_of_request(asking) + asking.timeout + time_of_answer(asking) + kPortion;
}

Microseconds Line::usual_time(const Asking& asking) const {
  return asking.quiet + time_of_request(asking) + kUsualThought + time_of_answer(asking);
}

Microseconds Line::worst_time(const Asking& asking) const { return asking.quiet + kGrace + time_needed(asking); }

Asked Line::ask(const Asking& asking) {
  Asked asked;
  unanswered_.forget(Clock::now());
  ends_ = Clock::now() + worst_time(asking);
  switch (wait_for_silence(asking, asked)) {
    case Ready::yes: break;
    case Ready::timeout: asked.reason = "noise"; return asked;
    case Ready::gone: asked.reply = Reply::gone; return asked;
  }
  sent_ = Clock::now();
  if (!port_.send(to_bytes(request_for(asking.question), settings_.preamble), ends_)) {
    asked.reply = Reply::gone;
    return asked;
  }
  receive(asking, asked);
  last_activity_ = std::max(Clock::now(), sent_ + time_of_request(asking));
  conclude(asking.question, asked);
  return asked;
}

/// Waits until the line has been quiet for long enough and throws away what comes meanwhile: whatever
/// arrives before the request is not its answer. `timeout`: request and answer no longer fit into the
/// time of this exchange.
Ready Line::wait_for_silence(const Asking& asking, Asked& asked) {
  const auto latest = ends_ - time_needed(asking);
  auto quiet_at = last_activity_ + asking.quiet;
  if (!received_.empty()) quiet_at = std::max(quiet_at, last_activity_ + kPortion);
  while (quiet_at <= latest) {
    const auto ready = port_.wait(quiet_at);
    received_.clear();
    if (ready == Ready::timeout) return Ready::yes;
    if (ready == Ready::gone || !take_bytes()) return Ready::gone;
    asked.damaged = 1;
    quiet_at = std::max(quiet_at, Clock::now() + std::max(asking.quiet, kPortion));
  }
  return Ready::timeout;
}

bool Line::take_bytes() {
  std::uint8_t buffer[256];
  const auto count = port_.receive(buffer);
  if (!count) return false;
  received_.insert(received_.end(), buffer, buffer + *count);
  last_activity_ = Clock::now();
  return true;
}

/// One deadline for the whole answer, which no trickle of bytes moves.
void Line::receive(const Asking& asking, Asked& asked) {
  const auto deadline = sent_ + time_needed(asking);
  while (Clock::now() < deadline) {
    const auto ready = port_.wait(deadline);
    if (ready == Ready::timeout) return;
    if (ready == Ready::gone || !take_bytes()) {
      asked.reply = Reply::gone;
      return;
    }
    if (take_frames(asking.question, asked)) return;
  }
}

/// Takes whole frames off the front of what was received; true when they decide the exchange.
bool Line::take_frames(const Question& question, Asked& asked) {
  while (true) {
    const auto finding = find_frame(received_);
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(finding.lead + finding.size));
    if (finding.noise > 0) {
      ++asked.damaged;
      asked.reason = "noise";
    }
    if (finding.what == Found::nothing) return false;
    if (finding.what == Found::broken) {
      ++asked.damaged;
      asked.reason = "checksum";
    } else if (take(question, finding.frame, asked)) {
      return true;
    }
  }
}

/// An error carries no item. While another question to this meter is unanswered the error may be about
/// that; then what else comes until the deadline decides.
bool Line::take(const Question& question, const Frame& frame, Asked& asked) {
  auto judged = judge(question, frame);
  if (judged.kind == Kind::echo) return false;
  if (judged.kind != Kind::foreign && is_second_meter(question, frame)) judged.kind = Kind::foreign;
  switch (judged.kind) {
    case Kind::answer:
    case Kind::continued:
      asked.reply = judged.kind == Kind::answer ? Reply::answer : Reply::continued;
      asked.is_certain = true;
      asked.content.assign(judged.content.begin(), judged.content.end());
      return true;
    case Kind::error:
      asked.reply = Reply::error;
      asked.error = judged.error;
      asked.is_certain = !unanswered_.has_other(question);
      return asked.is_certain;
    case Kind::other: asked.is_alive = true; break;
    default: break;
  }
  ++asked.damaged;
  asked.reason = judged.kind == Kind::other ? "wrong answer" : "foreign answer";
  return false;
}

/// Where any meter may answer, the first that does is the one, as long as it keeps answering: the
/// values of two meters are never mixed.
bool Line::is_second_meter(const Question& question, const Frame& frame) {
  if (question.address != kAnyMeter) return false;
  const auto now = Clock::now();
  const auto is_known = only_meter_ && now - only_meter_answered_ < Unanswered::kForgotten;
  if (is_known && *only_meter_ != frame.address) return true;
  only_meter_ = frame.address;
  only_meter_answered_ = now;
  return false;
}

void Line::conclude(const Question& question, Asked& asked) {
  if (asked.reply != Reply::gone && !received_.empty()) ++asked.damaged;
  if (asked.reply == Reply::answer || asked.reply == Reply::continued || asked.reply == Reply::error) {
    asked.is_alive = true;
    if (asked.is_certain) return unanswered_.settle(question.address);
  }
  unanswered_.add(question, sent_);
  if (asked.reply != Reply::none) return;
  if (!received_.empty()) asked.reason = "incomplete";
  if (asked.reason.empty()) asked.reason = "timeout";
}

}  // namespace sluice::dlt645
