#include "broker/access/access_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "broker/access/filter_relations.h"
#include "gateway/base/topic.h"
#include "gateway/base/utf8.h"

namespace sluice::access {

namespace {

constexpr std::string_view kAnonymous = "anonymous";

bool can_stand_in(std::string_view name) {
  using namespace std::string_view_literals;
  return !name.empty() && name.find_first_of("+#/\0"sv) == std::string_view::npos;
}

// The filter with `%u` and `%c` filled in; nothing when whoever asks cannot stand there.
std::optional<std::string> fill_in(std::string_view pattern, const Who& who) {
  std::string filled;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const auto placeholder = pattern.substr(at, 2);
    if (placeholder != "%u" && placeholder != "%c") {
      filled += pattern[at];
      continue;
    }
    const auto name = placeholder == "%u" ? who.user : who.client_id;
    if (!can_stand_in(name)) return std::nullopt;
    filled += name;
    ++at;
  }
  return filled;
}

bool has_placeholder(std::string_view pattern) {
  return pattern.find("%u") != std::string_view::npos || pattern.find("%c") != std::string_view::npos;
}

// Asks `question` of the filter that the pattern means for `who`; `otherwise` when it means none.
template <class Question>
bool ask(std::string_view pattern, const Who& who, bool otherwise, Question question) {
  if (!has_placeholder(pattern)) return question(pattern);
  const auto filter = fill_in(pattern, who);
  return filter ? question(std::string_view(*filter)) : otherwise;
}

// The filter behind `$share/{name}/` (section 4.8.2); any other is left as it is.
std::string_view without_share(std::string_view filter) {
  constexpr std::string_view kShare = "$share/";
  if (!filter.starts_with(kShare)) return filter;
  const auto slash = filter.find('/', kShare.size());
  return slash == std::string_view::npos ? std::string_view{} : filter.substr(slash + 1);
}

bool is_usable(std::string_view pattern) {
  constexpr Who kSomebody{"u", "c"};
  const auto filter = fill_in(pattern, kSomebody);
  return filter && is_valid_utf8(*filter) && topic::is_valid_filter(*filter);
}

}  // namespace

Result<AccessRules> AccessRules::make(const std::vector<Rights>& rights) {
  AccessRules rules;
  rules.everything_allowed_ = rights.empty();
  for (const auto& one : rights) {
    auto read = sort(one.user, one.read);
    if (!read) return read.error();
    auto write = sort(one.user, one.write);
    if (!write) return write.error();
    const bool is_new = rules.by_user_.try_emplace(one.user, Permissions{std::move(*read), std::move(*write)}).second;
    if (!is_new) return Error{fmt::format("rights of {} are given twice", one.user), ErrorKind::invalid};
  }
  return rules;
}

Result<AccessRules::Filters> AccessRules::sort(const std::string& user, const std::vector<std::string>& written) {
  Filters sorted;
  for (std::string_view pattern : written) {
    auto& kind = pattern.starts_with('!') ? sorted.taken_away : sorted.given;
    if (pattern.starts_with('!')) pattern.remove_prefix(1);
    if (!is_usable(pattern)) {
      return Error{fmt::format("rights of {}: '{}' is no valid topic filter", user, pattern), ErrorKind::invalid};
    }
    kind.emplace_back(pattern);
  }
  return sorted;
}

const AccessRules::Permissions* AccessRules::find(const Who& who) const {
  const auto found = by_user_.find(who.user.empty() ? kAnonymous : who.user);
  return found == by_user_.end() ? nullptr : &found->second;
}

// What would be taken away from somebody whose name cannot stand in the filter is not known:
// therefore everything is.
bool AccessRules::allows(const Filters& filters, const Who& who, std::string_view topic) {
  const auto matches = [topic](std::string_view filter) { return topic::matches(filter, topic); };
  const auto taken = [&](const auto& pattern) { return ask(pattern, who, true, matches); };
  const auto given = [&](const auto& pattern) { return ask(pattern, who, false, matches); };
  return std::ranges::none_of(filters.taken_away, taken) && std::ranges::any_of(filters.given, given);
}

bool AccessRules::may_publish(const Who& who, std::string_view topic) const {
  if (everything_allowed_) return true;
  const auto* permissions = find(who);
  return permissions != nullptr && allows(permissions->write, who, topic);
}

bool AccessRules::may_receive(const Who& who, std::string_view topic) const {
  if (everything_allowed_) return true;
  const auto* permissions = find(who);
  return permissions != nullptr && allows(permissions->read, who, topic);
}

bool AccessRules::may_subscribe(const Who& who, std::string_view filter) const {
  if (everything_allowed_) return true;
  const auto* permissions = find(who);
  const auto wanted = without_share(filter);
  if (permissions == nullptr || wanted.empty()) return false;
  const auto taken = [&](const auto& pattern) {
    return ask(pattern, who, true, [wanted](std::string_view away) { return overlap(away, wanted); });
  };
  const auto given = [&](const auto& pattern) {
    return ask(pattern, who, false, [wanted](std::string_view outer) { return covers(outer, wanted); });
  };
  return std::ranges::none_of(permissions->read.taken_away, taken) &&
         std::ranges::any_of(permissions->read.given, given);
}

}  // namespace sluice::access
