// Who may read and write which topics. Immutable once made: any thread may ask.
//
// Without any rights everybody may do everything. With rights, who is not named may do nothing. What
// is taken away with `!` counts before what is given. `%u` and `%c` in a filter stand for the name
// and the client id of whoever asks; a name or id that is empty or has a wildcard or a slash stands
// for nothing, so that nobody can widen a filter by calling himself `#`.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/access/rights.h"
#include "gateway/base/result.h"

namespace sluice::access {

/// Whoever asks.
struct Who {
  std::string_view user;  // empty: has no name
  std::string_view client_id;
};

class AccessRules {
 public:
  /// Everybody may do everything.
  AccessRules() = default;

  /// Fails on a filter that is not valid and on a user named twice.
  static Result<AccessRules> make(const std::vector<Rights>& rights);

  /// Whether a message on that topic may come from `who`.
  bool may_publish(const Who& who, std::string_view topic) const;

  /// Whether `who` may have everything that matches the filter: one that is given covers it whole,
  /// and it touches nothing that is taken away. Shared subscriptions are judged by their filter.
  bool may_subscribe(const Who& who, std::string_view filter) const;

  /// Whether a message on that topic may go to `who`.
  bool may_receive(const Who& who, std::string_view topic) const;

 private:
  // Filters of one direction; `!` is gone.
  struct Filters {
    std::vector<std::string> given;
    std::vector<std::string> taken_away;
  };

  struct Permissions {
    Filters read;
    Filters write;
  };

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  static Result<Filters> sort(const std::string& user, const std::vector<std::string>& written);
  static bool allows(const Filters& filters, const Who& who, std::string_view topic);
  const Permissions* find(const Who& who) const;

  bool everything_allowed_ = true;
  std::unordered_map<std::string, Permissions, TextHash, std::equal_to<>> by_user_;
};

}  // namespace sluice::access
