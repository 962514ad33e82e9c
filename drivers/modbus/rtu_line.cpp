#include "drivers/modbus/rtu_line.h"

#include <poll.h>

#include <algorithm>

namespace sluice::modbus {

namespace {

using driver::Microseconds;

/// Adapters hand bytes over in portions: up to 16 ms apart with usual USB settings.
constexpr Microseconds kPortion{20'000};
/// A pause in the middle of an answer after which no more of it will come.
constexpr Microseconds kCut{50'000};
/// What is granted beyond silence, request and time-out to a line that is not quiet yet or a probe that goes before.
constexpr Microseconds kGrace{200'000};
constexpr std::size_t kLargestFrame = 256;

}  // namespace

RtuLine::RtuLine(const BusSettings& settings)
    : port_(settings.port, settings.serial, settings.rs485), format_(settings.serial), timeout_(settings.timeout) {}

/// The answer to a question of whoever had the port before may be on its way: it is waited for, so
/// that it is not taken for one of ours.
driver::Done RtuLine::open() {
  auto opened = port_.open();
  if (!opened.ok()) return opened;
  echo_ = Echo::unknown;
  opened_ = last_activity_ = Clock::now();
  const auto until = opened_ + timeout_;
  while (Clock::now() < until && wait_for(port_.fd(), POLLIN, until) == Ready::yes && take_bytes()) received_.clear();
  received_.clear();
  return opened;
}

void RtuLine::close() { port_.close(); }

Microseconds RtuLine::time_of_answer(const Request& request) const {
  return format_.time_of(expected_answer(request).size + 3);
}

Microseconds RtuLine::usual_time(const Question& question) const {
  return 2 * question.quiet + format_.time_of(question.request.pdu.size() + 3) + Microseconds(30'000) +
         time_of_answer(question.request);
}

/// Request, time-out and answer, once the line is quiet.
Microseconds RtuLine::time_needed(const Question& question) const {
  return format_.time_of(question.request.pdu.size() + 3) + question.timeout + time_of_answer(question.request) +
         kPortion;
}

Microseconds RtuLine::worst_time(const Question& question) const {
  return question.after_connect + question.quiet + kGrace + time_needed(question);
}

bool RtuLine::needs_probe(const Request& request) const {
  const auto hides_echo = request.is_repeated_by_answer() && echo_ == Echo::unknown;
  return hides_echo || unanswered_.may_be_mistaken_for(expected_answer(request));
}

Asked RtuLine::ask(const Question& question) {
  unanswered_.forget(Clock::now());
  ends_ = Clock::now() + worst_time(question);
  auto asked = ask_safely(question);
  if (asked.reply == Reply::gone) asked.reason = "port lost";
  return asked;
}

/// With a probe before the request where its answer could be mistaken.
Asked RtuLine::ask_safely(const Question& question) {
  if (!needs_probe(question.request)) return ask_plainly(question);
  auto probed = probe(question);
  if (probed.reply != Reply::answer && probed.reply != Reply::exception) return probed;
  auto asked = ask_plainly(question);
  asked.is_alive = true;
  asked.damaged += probed.damaged;
  return asked;
}

/// Asks something whose answer cannot be mistaken and before which every older answer must come. Unless
/// that is answered, by an exception at least, the request itself is not sent.
Asked RtuLine::probe(const Question& question) {
  auto probing = question;
  const auto request = unanswered_.distinct_probe(question.request, question.reach);
  if (!request) {
    const auto until = unanswered_.forgotten_at(question.request.unit).value_or(Clock::now());
    Asked later{.reply = Reply::later, .pdu = {}, .reason = "late answer possible"};
    later.later = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    return later;
  }
  probing.request = *request;
  auto asked = ask_plainly(probing);
  asked.was_sent = false;
  if (asked.reply != Reply::answer && asked.reply != Reply::exception) return asked;
  // An exception names a function only, and may be the late one: the probe's own answer is then still to come.
  unanswered_.settle(request->unit);
  if (!asked.is_certain) unanswered_.add(expected_answer(*request), sent_);
  return asked;
}

Asked RtuLine::ask_plainly(const Question& question) {
  Asked asked;
  switch (wait_for_silence(question, asked)) {
    case Ready::yes: break;
    case Ready::timeout: asked.reason = asked.damaged > 0 ? "noise" : "no time left"; return asked;
    case Ready::gone: asked.reply = Reply::gone; return asked;
  }
  sent_ = Clock::now();
  if (!port_.send(question.request)) {
    asked.reply = Reply::gone;
    return asked;
  }
  asked.was_sent = true;
  is_echo_due_ = true;
  receive(question, asked);
  last_activity_ = std::max(Clock::now(), sent_ + format_.time_of(question.request.pdu.size() + 3));
  conclude(expected_answer(question.request), asked);
  return asked;
}

/// Waits until the line has been quiet for long enough and throws away what comes meanwhile: whatever
/// arrives before the request is not its answer. After stray bytes the silence has to be longer.
/// `timeout`: the request and its answer no longer fit into the time of this exchange.
Ready RtuLine::wait_for_silence(const Question& question, Asked& asked) {
  const auto latest = ends_ - time_needed(question);
  auto quiet_at = std::max(last_activity_ + question.quiet, opened_ + question.after_connect);
  if (!received_.empty()) quiet_at = std::max(quiet_at, last_activity_ + kPortion);
  while (quiet_at <= latest) {
    const auto ready = wait_for(port_.fd(), POLLIN, quiet_at);
    received_.clear();
    if (ready == Ready::timeout) return Ready::yes;
    if (ready == Ready::gone || !take_bytes()) return Ready::gone;
    asked.damaged = std::max(asked.damaged, 1u);
    quiet_at = std::max(quiet_at, Clock::now() + std::max(question.quiet, kPortion));
  }
  return Ready::timeout;
}

bool RtuLine::take_bytes() {
  std::uint8_t buffer[kLargestFrame];
  const auto count = port_.receive(buffer);
  if (!count) return false;
  received_.insert(received_.end(), buffer, buffer + *count);
  last_activity_ = Clock::now();
  return true;
}

void RtuLine::receive(const Question& question, Asked& asked) {
  const auto expected = expected_answer(question.request);
  const auto echo = rtu_frame(question.request);
  const auto deadline = sent_ + time_needed(question);
  while (true) {
    auto until = deadline;
    if (begins_like_answer(received_, expected))
      until = std::min(until, last_activity_ + std::max(question.quiet, kCut));
    const auto ready = wait_for(port_.fd(), POLLIN, until);
    if (ready == Ready::timeout) return;
    if (ready == Ready::gone || !take_bytes()) {
      asked.reply = Reply::gone;
      return;
    }
    const auto may_echo = is_echo_due_ && (echo_ == Echo::present || !question.request.is_repeated_by_answer());
    if (take_findings(question.request, may_echo ? ByteView(echo) : ByteView(), asked)) return;
    if (Clock::now() >= deadline) return;
  }
}

/// Takes whole frames off the front of what was received; true when the answer was among them.
bool RtuLine::take_findings(const Request& request, ByteView echo, Asked& asked) {
  const auto expected = expected_answer(request);
  while (true) {
    auto finding = find_in_rtu(received_, expected, echo);
    if (finding.what == Found::nothing) return false;
    if (finding.noise > 0 || finding.what == Found::foreign) ++asked.damaged;
    if (finding.what == Found::foreign) asked.reason = received_[0] == request.unit ? "wrong answer" : "foreign answer";
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(finding.noise + finding.size));
    if (finding.what == Found::echo) {
      echo_ = Echo::present;
      is_echo_due_ = false;
      echo = {};
    }
    if (finding.what == Found::answer) {
      asked.reply = Reply::answer;
      asked.pdu = std::move(finding.pdu);
      return true;
    }
    if (finding.what == Found::exception) {
      take_exception(expected, std::move(finding), asked);
      if (asked.is_certain) return true;
    }
  }
}

/// An exception carries nothing but the function. While an older request with that function is
/// unanswered, the exception may be its; then what else comes until the deadline decides.
void RtuLine::take_exception(const Expected& expected, Finding finding, Asked& asked) {
  asked.reply = Reply::exception;
  asked.pdu = std::move(finding.pdu);
  asked.is_certain = !unanswered_.has_function(expected.unit, expected.function());
}

void RtuLine::conclude(const Expected& expected, Asked& asked) {
  if (asked.reply != Reply::gone && !received_.empty()) ++asked.damaged;
  switch (asked.reply) {
    case Reply::answer:
      asked.is_alive = true;
      if (is_echo_due_) echo_ = Echo::none;
      unanswered_.settle(expected.unit);
      break;
    case Reply::exception:
      asked.is_alive = true;
      if (is_echo_due_) echo_ = Echo::none;
      if (asked.is_certain) {
        unanswered_.settle(expected.unit);
      } else {
        unanswered_.add(expected, sent_);
      }
      break;
    default:
      unanswered_.add(expected, sent_);
      if (asked.reply == Reply::gone) break;
      if (!received_.empty() || asked.reason.empty()) asked.reason = what_was_there(expected);
  }
}

std::string RtuLine::what_was_there(const Expected& expected) const {
  if (received_.empty()) return "timeout";
  if (!begins_like_answer(received_, expected)) return "noise";
  return received_.size() < expected.size + 3 ? "incomplete" : "crc";
}

}  // namespace sluice::modbus
