#include "broker/admission.h"

#include <fmt/format.h>

#include <utility>

#include "broker/access/anonymous.h"

namespace sluice::broker {

using codec::Reason;
using Verdict = access::Gatekeeper::Verdict;

namespace {

Reason reason_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::right: return Reason::success;
    case Verdict::wrong: return Reason::bad_user_name_or_password;
    case Verdict::busy: return Reason::server_busy;
  }
  return Reason::unspecified_error;
}

access::Who who_is(const session::Session& session) { return {session.user, session.client_id}; }

}  // namespace

Admission::Admission(Anonymous anonymous, access::AccessRules rules, Find find)
    : anonymous_(anonymous), rules_(std::move(rules)), find_(std::move(find)) {}

void Admission::authenticate(session::Connection& connection, const session::Credentials& credentials,
                             MonotonicTime now) {
  if (credentials.user) return check_password(connection, credentials);
  const bool welcome = access::is_anonymous_welcome(anonymous_, connection.peer().address);
  if (!welcome) complain(fmt::format("{} came without a user name", connection.peer().address), now);
  connection.authenticated(welcome ? Reason::success : Reason::not_authorized, now);
}

// A name counts only with its password: an anonymous client that gives itself one is refused.
void Admission::check_password(const session::Connection& connection, const session::Credentials& credentials) {
  const auto number = connection.peer().number;
  const auto& user = *credentials.user;
  if (!gatekeeper_ || !credentials.password || user.empty()) return answer(number, user, Verdict::wrong);
  gatekeeper_->check(user, *credentials.password,
                     [this, number, user](Verdict verdict) { answer(number, user, verdict); });
}

void Admission::answer(std::uint64_t number, const std::string& user, Verdict verdict) {
  auto* connection = find_(number);
  if (!connection) return;
  if (verdict != Verdict::right) {
    const auto* why = verdict == Verdict::busy ? "too many logins at once" : "wrong name or password";
    complain(fmt::format("{} could not log in as \"{}\": {}", connection->peer().address, user, why), monotonic_now());
  }
  connection->authenticated(reason_of(verdict), monotonic_now());
}

void Admission::complain(std::string_view text, MonotonicTime now) { log_.write(log::Level::warning, text, now); }

bool Admission::may_publish(const session::Session& who, std::string_view topic) const {
  return rules_.may_publish(who_is(who), topic);
}

bool Admission::may_publish(const Origin& sender, std::string_view topic) const {
  return sender.kind == Origin::Kind::client && rules_.may_publish({sender.user, sender.name}, topic);
}

bool Admission::may_subscribe(const session::Session& who, std::string_view filter) const {
  return rules_.may_subscribe(who_is(who), filter);
}

}  // namespace sluice::broker
