#include "gateway/poll/plugin_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "gateway/poll/plugin_view.h"

namespace sluice {

namespace {

constexpr std::uint32_t kMostSettings = 256;
constexpr std::uint32_t kMostExchanges = 65536;
constexpr std::uint32_t kMostFacts = 1024;
constexpr std::uint32_t kLongestValue = 65536;
constexpr std::uint32_t kLargestBody = 1 << 20;

static_assert(static_cast<std::uint32_t>(SettingType::pair) == SLUICE_SETTING_PAIR);
static_assert(static_cast<std::uint32_t>(OutcomeCode::bus_gone) == SLUICE_BUS_GONE);

Error bad(std::string_view section, std::string_view name, std::string_view what) {
  return Error{fmt::format("its {} setting '{}' {}", section, name, what)};
}

bool is_setting_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Result<SettingSpec> setting_from(const sluice_setting_spec& raw, std::string_view section) {
  SettingSpec spec;
  spec.name = plugin_text(raw.name);
  if (!is_setting_name(spec.name)) return bad(section, spec.name, "needs a name of a-z, 0-9 and _");
  if (raw.type > SLUICE_SETTING_PAIR) return bad(section, spec.name, "is of no known type");
  spec.type = static_cast<SettingType>(raw.type);
  spec.required = raw.required != 0;
  spec.fallback = plugin_text(raw.fallback);
  spec.unit = plugin_text(raw.unit);
  spec.sentence = plugin_text(raw.sentence);
  spec.min = raw.min;
  spec.max = raw.max;
  spec.choices = split_words(plugin_text(raw.choices));

  if (spec.min > spec.max) return bad(section, spec.name, "has limits that no value meets");
  if (spec.required && !spec.fallback.empty()) return bad(section, spec.name, "is required and has a default");
  const bool needs_choices = spec.type == SettingType::choice || spec.type == SettingType::ranges;
  if (needs_choices && spec.choices.empty()) return bad(section, spec.name, "has no choices");
  if (spec.type == SettingType::choice && !spec.fallback.empty() &&
      std::find(spec.choices.begin(), spec.choices.end(), spec.fallback) == spec.choices.end()) {
    return bad(section, spec.name, "has a default that is none of its choices");
  }
  return spec;
}

Result<void> read_text(const sluice_value& raw, Value& value) {
  if (raw.text_size > kLongestValue) return Error{fmt::format("it returned a text of {} bytes", raw.text_size)};
  if (raw.text_size > 0 && raw.is.text == nullptr) return Error{"it returned a text at NULL"};
  auto& text = value.emplace<std::string>();
  if (raw.text_size > 0) text.assign(raw.is.text, raw.text_size);
  return {};
}

Result<void> read_value(const sluice_value& raw, Value& value) {
  switch (raw.type) {
    case SLUICE_VALUE_NONE: return {};
    case SLUICE_VALUE_BOOL: value = raw.is.integer != 0; return {};
    case SLUICE_VALUE_INT: value = raw.is.integer; return {};
    case SLUICE_VALUE_UINT: value = raw.is.natural; return {};
    case SLUICE_VALUE_REAL: value = raw.is.real; return {};
    case SLUICE_VALUE_TEXT: return read_text(raw, value);
    default: return Error{fmt::format("it returned a value of the unknown type {}", raw.type)};
  }
}

bool are_points(const std::uint32_t* points, std::uint32_t count, std::uint32_t point_count) {
  if (count == 0 || count > point_count || points == nullptr) return false;
  return std::all_of(points, points + count, [point_count](std::uint32_t point) { return point < point_count; });
}

Result<Exchange> exchange_from(const sluice_exchange& raw, std::uint32_t device, PlanKind kind,
                               std::uint32_t point_count) {
  if (raw.device != device) return Error{"it planned an exchange with another device"};
  if ((raw.is_write != 0) != (kind == PlanKind::write)) return Error{"it mixed up reads and writes in a plan"};
  if (!are_points(raw.points, raw.point_count, point_count)) return Error{"it planned points that are not there"};
  if (raw.body_size > kLargestBody || (raw.body_size > 0 && raw.body == nullptr)) {
    return Error{fmt::format("it planned an exchange with an impossible body of {} bytes", raw.body_size)};
  }
  Exchange exchange;
  exchange.device = device;
  exchange.is_write = raw.is_write != 0;
  exchange.cost = std::chrono::microseconds{raw.cost_us};
  exchange.worst = std::chrono::microseconds{std::max(raw.cost_us, raw.worst_us)};
  exchange.points.assign(raw.points, raw.points + raw.point_count);
  if (raw.body_size > 0) exchange.body.assign(raw.body, raw.body + raw.body_size);
  return exchange;
}

bool implies_an_answer(OutcomeCode code) { return code == OutcomeCode::ok || code == OutcomeCode::refused; }

Result<std::vector<Fact>> facts_from(const sluice_outcome& raw, std::size_t device_count) {
  const auto rows = PluginArray<sluice_fact>::of(raw.facts, raw.fact_count, kMostFacts);
  if (!rows) return Error{fmt::format("it returned {} facts that cannot be read", raw.fact_count)};
  std::vector<Fact> facts;
  for (std::uint32_t i = 0; i < rows->size(); ++i) {
    const auto& row = (*rows)[i];
    if (row.device >= device_count) return Error{"it returned a fact about a device that is not there"};
    if (auto text = plugin_text(row.text); !text.empty()) facts.push_back({row.device, std::move(text)});
  }
  return facts;
}

}  // namespace

Result<std::vector<SettingSpec>> settings_from(const sluice_setting_spec* first, std::uint32_t count,
                                               std::string_view section) {
  const auto rows = PluginArray<sluice_setting_spec>::of(first, count, kMostSettings);
  if (!rows) return Error{fmt::format("its table of {} settings cannot be read", section)};
  std::vector<SettingSpec> specs;
  for (std::uint32_t i = 0; i < rows->size(); ++i) {
    auto spec = setting_from((*rows)[i], section);
    if (!spec) return spec.error();
    const auto same = [&](const SettingSpec& other) { return other.name == spec->name; };
    if (std::any_of(specs.begin(), specs.end(), same)) return bad(section, spec->name, "is declared twice");
    specs.push_back(std::move(*spec));
  }
  return specs;
}

Result<Reading> reading_from(const sluice_value& raw, std::uint32_t point_count) {
  if (raw.point >= point_count)
    return Error{fmt::format("it returned a value of point {}, which is not there", raw.point)};
  Reading reading;
  reading.point = raw.point;
  if (const auto read = read_value(raw, reading.value); !read) return read.error();
  const auto* text = std::get_if<std::string>(&reading.value);
  if (text != nullptr && !is_valid_utf8(*text)) {
    reading.value = std::monostate{};
    reading.reason = "not utf-8";
    return reading;
  }
  if (!has_value(reading.value)) reading.reason = plugin_text(raw.reason, "no value");
  return reading;
}

Result<Plan> plan_from(const sluice_plan& raw, std::uint32_t device, PlanKind kind, std::uint32_t point_count) {
  const auto rows = PluginArray<sluice_exchange>::of(raw.exchanges, raw.count, kMostExchanges);
  if (!rows) return Error{fmt::format("it returned a plan of {} exchanges that cannot be read", raw.count)};
  Plan plan;
  for (std::uint32_t i = 0; i < rows->size(); ++i) {
    auto exchange = exchange_from((*rows)[i], device, kind, point_count);
    if (!exchange) return exchange.error();
    plan.push_back(std::make_shared<const Exchange>(std::move(*exchange)));
  }
  return plan;
}

Result<Outcome> outcome_from(const sluice_outcome& raw, std::uint32_t device,
                             const std::vector<std::uint32_t>& point_counts) {
  if (!has_size_of<sluice_outcome>(raw.size)) return Error{fmt::format("it returned an outcome of size {}", raw.size)};
  if (raw.code > SLUICE_BUS_GONE) return Error{fmt::format("it returned the unknown outcome {}", raw.code)};
  if (device >= point_counts.size()) return Error{"it returned an outcome of a device that is not there"};
  const auto point_count = point_counts[device];
  const auto rows = PluginArray<sluice_value>::of(raw.values, raw.value_count, point_count);
  if (!rows) return Error{fmt::format("it returned {} values that cannot be read", raw.value_count)};

  Outcome outcome;
  outcome.code = static_cast<OutcomeCode>(raw.code);
  outcome.answered = raw.answered != 0 || implies_an_answer(outcome.code);
  outcome.later = std::chrono::milliseconds{raw.later_ms};
  outcome.wire = std::chrono::microseconds{raw.wire_us};
  outcome.damaged = raw.damaged;
  if (outcome.code != OutcomeCode::ok) outcome.reason = plugin_text(raw.reason, "no reason given");
  for (std::uint32_t i = 0; i < rows->size(); ++i) {
    auto reading = reading_from((*rows)[i], point_count);
    if (!reading) return reading.error();
    outcome.values.push_back(std::move(*reading));
  }
  auto facts = facts_from(raw, point_counts.size());
  if (!facts) return facts.error();
  outcome.facts = std::move(*facts);
  return outcome;
}

}  // namespace sluice
