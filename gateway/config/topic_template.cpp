#include "gateway/config/topic_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/base/topic.h"
#include "gateway/config/complaint.h"

namespace sluice::config {

namespace {

Error unknown_placeholder(std::string_view name, std::span<const std::string_view> known) {
  const auto meant = nearest_name(name, known);
  if (!meant.empty()) return wrong(fmt::format("`{{{}}}` is no placeholder; did you mean `{{{}}}`?", name, meant));
  std::string all;
  for (const auto placeholder : known) all += fmt::format(" {{{}}}", placeholder);
  return wrong(fmt::format("`{{{}}}` is no placeholder here; there are{}", name, all));
}

}  // namespace

Result<TopicTemplate> TopicTemplate::parse(std::string_view text, std::span<const std::string_view> known) {
  TopicTemplate result;
  std::string literal;
  std::string shape;  // the template with a letter for each placeholder: judged as a topic
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{' || text.substr(at, 2) == "{{") {
      if (text[at] == '{') ++at;
      literal += text[at];
      shape += text[at];
      continue;
    }
    const auto close = text.find('}', at);
    if (close == std::string_view::npos) return wrong("a brace is opened and not closed; `{{` stands for a brace");
    const auto name = text.substr(at + 1, close - at - 1);
    if (std::find(known.begin(), known.end(), name) == known.end()) return unknown_placeholder(name, known);
    if (!literal.empty()) result.pieces_.push_back({false, std::exchange(literal, {})});
    result.pieces_.push_back({true, std::string(name)});
    shape += 'x';
    at = close;
  }
  if (!literal.empty()) result.pieces_.push_back({false, std::move(literal)});
  if (auto fault = topic_fault(shape); !fault.empty()) return wrong(std::move(fault));
  return result;
}

bool TopicTemplate::has(std::string_view placeholder) const {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [&](const Piece& piece) { return piece.is_placeholder && piece.text == placeholder; });
}

std::string TopicTemplate::fill(const std::function<std::string_view(std::string_view)>& value_of) const {
  std::string topic;
  for (const auto& piece : pieces_) {
    if (piece.is_placeholder) {
      topic += value_of(piece.text);
    } else {
      topic += piece.text;
    }
  }
  return topic;
}

std::string topic_fault(std::string_view topic) {
  if (topic.empty()) return "is empty";
  if (!topic::is_valid_name(topic)) return "holds a wildcard, `+` or `#`; one topic is published to";
  if (!topic::is_within_limits(topic)) {
    return fmt::format("is longer than {} bytes or has more than {} levels", topic::kMaxBytes, topic::kMaxLevels);
  }
  if (topic.front() == '$') return "begins with `$`, which belongs to the broker";
  for (topic::Levels levels(topic); !levels.done();) {
    if (levels.next().empty()) return "has an empty level: a `/` at an end or two in a row";
  }
  return {};
}

}  // namespace sluice::config
