// Who may connect, by address, name and password, and what they may do then. On the broker thread;
// passwords are checked on another one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "broker/access/access_rules.h"
#include "broker/access/gatekeeper.h"
#include "broker/access/rights.h"
#include "broker/gate.h"
#include "broker/log_budget.h"

namespace sluice::broker {

class Admission : public Gate {
 public:
  /// Finds a connection by its number; null when it has gone meanwhile.
  using Find = std::function<session::Connection*(std::uint64_t number)>;

  Admission(Anonymous anonymous, access::AccessRules rules, Find find);

  /// Without it nobody can log in by name. To be ended on the broker thread, too.
  void check_passwords_with(std::unique_ptr<access::Gatekeeper> gatekeeper) { gatekeeper_ = std::move(gatekeeper); }
  void check_no_more_passwords() { gatekeeper_.reset(); }

  void authenticate(session::Connection& connection, const session::Credentials& credentials,
                    MonotonicTime now) override;
  bool may_publish(const session::Session& who, std::string_view topic) const override;
  bool may_subscribe(const session::Session& who, std::string_view filter) const override;

  /// Any thread. The same for who is known only by a message: nobody but a client may.
  bool may_publish(const Origin& sender, std::string_view topic) const;

 private:
  void check_password(const session::Connection& connection, const session::Credentials& credentials);
  void answer(std::uint64_t number, const std::string& user, access::Gatekeeper::Verdict verdict);

  void complain(std::string_view text, MonotonicTime now);

  LogBudget log_;
  const Anonymous anonymous_;
  const access::AccessRules rules_;
  const Find find_;
  std::unique_ptr<access::Gatekeeper> gatekeeper_;
};

}  // namespace sluice::broker
