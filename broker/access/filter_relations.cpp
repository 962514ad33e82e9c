#include "broker/access/filter_relations.h"

#include "gateway/base/topic.h"

namespace sluice::access {

namespace {

bool begins_with_wildcard(std::string_view filter) { return filter.starts_with('+') || filter.starts_with('#'); }

// A wildcard in the first level never stands for a name that begins with `$` [MQTT-4.7.2-1].
bool kept_apart(std::string_view wild, std::string_view other) {
  return begins_with_wildcard(wild) && other.starts_with('$');
}

// Whether a filter that has come to its end still matches what the other one asks for: `a/#`
// matches `a`.
bool ends_too(const topic::Levels& longer) { return longer.done() || longer.rest() == "#"; }

}  // namespace

bool covers(std::string_view outer, std::string_view inner) {
  if (kept_apart(outer, inner)) return false;
  topic::Levels wide(outer);
  topic::Levels narrow(inner);
  while (!wide.done() && !narrow.done()) {
    const auto wanted = wide.next();
    const auto given = narrow.next();
    if (wanted == "#") return true;
    if (given == "#") return false;
    if (wanted != "+" && wanted != given) return false;
  }
  return narrow.done() && ends_too(wide);
}

bool overlap(std::string_view left, std::string_view right) {
  if (kept_apart(left, right) || kept_apart(right, left)) return false;
  topic::Levels one(left);
  topic::Levels other(right);
  while (!one.done() && !other.done()) {
    const auto a = one.next();
    const auto b = other.next();
    if (a == "#" || b == "#") return true;
    if (a != "+" && b != "+" && a != b) return false;
  }
  return ends_too(one) && ends_too(other);
}

}  // namespace sluice::access
