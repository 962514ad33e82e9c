#include "gateway/mapping/meaning.h"

#include "gateway/mapping/convert.h"

namespace sluice::mapping {

namespace {

void append(std::vector<config::Invalid::Mark>& all, const std::vector<config::Invalid::Mark>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

std::vector<config::Invalid::Mark> marks_for(const config::Invalid& invalid, const RawType& type) {
  auto marks = invalid.any;
  if (type.kind == RawType::Kind::integer) append(marks, invalid.signed_types);
  if (type.kind == RawType::Kind::natural) append(marks, invalid.unsigned_types);
  return marks;
}

bool has_extreme(const std::vector<config::Invalid::Mark>& marks) {
  for (const auto& mark : marks) {
    if (std::holds_alternative<config::Extreme>(mark)) return true;
  }
  return false;
}

bool is_whole(const RawType& type) {
  return type.kind == RawType::Kind::integer || type.kind == RawType::Kind::natural;
}

void check(const config::PointKeys& keys, const Meaning& meaning, config::Complaints& complaints) {
  const auto complain = [&](std::string_view key, std::string_view text) {
    complaints.add(keys.place, keys.path + "." + std::string(key), text);
  };
  const bool is_text = meaning.type.kind == RawType::Kind::text;
  const bool is_bool = meaning.type.kind == RawType::Kind::boolean;
  const bool is_scaled = keys.scale || keys.offset;
  if (is_scaled && (is_text || is_bool)) complain("scale", "has no sense for a point that is no number");
  if (is_scaled && keys.enum_texts) complain("enum", "stands beside a scale; its numbers are raw, so it takes none");
  if (keys.enum_texts && !is_whole(meaning.type) && !is_bool) complain("enum", "needs a point of whole numbers");
  if (keys.range && (is_text || is_bool)) complain("range", "has no sense for a point that is no number");
  if (has_extreme(meaning.invalid) && !is_whole(meaning.type)) {
    complain("invalid", "min and max need a point of whole numbers; a real number has NaN for it");
  }
  if (keys.write && !meaning.access.write) complain("write", "needs `access: rw` or `access: w`");
}

}  // namespace

Meaning meaning_of(const config::PointKeys& keys, config::Complaints& complaints) {
  Meaning meaning;
  meaning.type = raw_type(keys.settings);
  meaning.scale = keys.scale.value_or(meaning.scale);
  meaning.offset = keys.offset.value_or(meaning.offset);
  meaning.unit = keys.unit.value_or("");
  meaning.range = keys.range;
  if (keys.invalid) meaning.invalid = marks_for(*keys.invalid, meaning.type);
  meaning.enum_texts = keys.enum_texts.value_or(config::EnumTexts{});
  meaning.access = keys.access.value_or(meaning.access);
  meaning.write = keys.write.value_or(config::WriteLimits{});
  check(keys, meaning, complaints);
  return meaning;
}

}  // namespace sluice::mapping
