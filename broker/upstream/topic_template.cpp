#include "broker/upstream/topic_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/base/topic.h"

namespace sluice::upstream {

namespace {

using topic::Levels;

std::optional<std::size_t> parse_number(std::string_view text) {
  std::size_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end || number == 0 || text.starts_with('0')) return std::nullopt;
  return number;
}

bool ends_in_hash(std::string_view filter) { return filter == "#" || filter.ends_with("/#"); }

std::size_t count_pluses(std::string_view filter) {
  std::size_t count = 0;
  for (Levels levels(filter); !levels.done();) count += levels.next() == "+";
  return count;
}

std::string_view levels_from(std::string_view topic, std::size_t number) {
  Levels levels(topic);
  for (std::size_t n = 1; n < number && !levels.done(); ++n) levels.next();
  return levels.done() ? std::string_view{} : levels.rest();
}

std::string_view level(std::string_view topic, std::size_t number) {
  const auto from = levels_from(topic, number);
  return from.substr(0, from.find('/'));
}

// The position, from 1, of the n-th + among the levels of the filter.
std::size_t position_of_plus(std::string_view filter, std::size_t number) {
  std::size_t position = 0;
  for (Levels levels(filter); !levels.done();) {
    ++position;
    if (levels.next() == "+" && --number == 0) break;
  }
  return position;
}

}  // namespace

Result<TopicTemplate> TopicTemplate::compile(std::string_view text, const std::vector<std::string>& filters,
                                             std::string_view gateway) {
  TopicTemplate made;
  for (auto left = text; !left.empty();) {
    const auto brace = left.find('{');
    made.add_text(left.substr(0, brace));
    if (brace == std::string_view::npos) break;
    left.remove_prefix(brace + 1);
    if (left.starts_with('{')) {
      made.add_text("{");
      left.remove_prefix(1);
      continue;
    }
    const auto end = left.find('}');
    if (end == std::string_view::npos) return Error{fmt::format("\"{}\" has a {{ without its }}", text)};
    const auto name = left.substr(0, end);
    auto piece = parse_placeholder(name, gateway);
    if (!piece) return piece.error();
    if (auto fits = check(*piece, name, filters); !fits) return fits.error();
    made.pieces_.push_back(std::move(*piece));
    left.remove_prefix(end + 1);
  }
  return made;
}

Result<TopicTemplate::Piece> TopicTemplate::parse_placeholder(std::string_view name, std::string_view gateway) {
  if (name == "topic") return Piece{Piece::Kind::topic, 0, {}};
  if (name == "#") return Piece{Piece::Kind::hash, 0, {}};
  if (name == "gateway") return Piece{Piece::Kind::text, 0, std::string(gateway)};
  if (const auto number = parse_number(name)) return Piece{Piece::Kind::plus, *number, {}};
  constexpr std::string_view kLevel = "topic:";
  if (name.starts_with(kLevel)) {
    auto which = name.substr(kLevel.size());
    const bool from = which.ends_with("..");
    if (from) which.remove_suffix(2);
    if (const auto number = parse_number(which)) {
      return Piece{from ? Piece::Kind::levels_from : Piece::Kind::level, *number, {}};
    }
  }
  return Error{
      fmt::format("{{{}}} is unknown here; there are {{topic}}, {{topic:2}}, {{topic:2..}}, {{1}}, {{#}} and "
                  "{{gateway}}",
                  name)};
}

Result<void> TopicTemplate::check(const Piece& piece, std::string_view name, const std::vector<std::string>& filters) {
  for (const auto& filter : filters) {
    bool fits = true;
    switch (piece.kind) {
      case Piece::Kind::text:
      case Piece::Kind::topic: break;
      case Piece::Kind::level:
      case Piece::Kind::levels_from: fits = ends_in_hash(filter) || piece.number <= topic::level_count(filter); break;
      case Piece::Kind::plus: fits = piece.number <= count_pluses(filter); break;
      case Piece::Kind::hash: fits = ends_in_hash(filter); break;
    }
    if (!fits) return Error{fmt::format("{{{}}} has nothing to stand for in the filter \"{}\"", name, filter)};
  }
  return {};
}

void TopicTemplate::add_text(std::string_view text) {
  if (!text.empty()) pieces_.push_back({Piece::Kind::text, 0, std::string(text)});
}

std::string TopicTemplate::fill(std::string_view filter, std::string_view topic) const {
  std::string made;
  for (const auto& piece : pieces_) {
    switch (piece.kind) {
      case Piece::Kind::text: made += piece.text; break;
      case Piece::Kind::topic: made += topic; break;
      case Piece::Kind::level: made += level(topic, piece.number); break;
      case Piece::Kind::levels_from: made += levels_from(topic, piece.number); break;
      case Piece::Kind::plus: made += level(topic, position_of_plus(filter, piece.number)); break;
      case Piece::Kind::hash: made += levels_from(topic, topic::level_count(filter)); break;
    }
  }
  return made;
}

}  // namespace sluice::upstream
