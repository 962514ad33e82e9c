// The `as` of a rule: a topic written with placeholders. Pure.
//
//   {topic}  {topic:2}  {topic:2..}   the topic, one of its levels (from 1), those from one on
//   {1} {2} …  {#}                    what the wildcards + of the filter matched, and its #
//   {gateway}  {{                     the name of this gateway, a brace
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace sluice::upstream {

class TopicTemplate {
 public:
  /// Fails for unknown placeholders, and for those that one of the `filters`, all of them valid,
  /// cannot fill: {2} with only one +, {topic:4} of a topic with three levels.
  static Result<TopicTemplate> compile(std::string_view text, const std::vector<std::string>& filters,
                                       std::string_view gateway);

  /// The topic made from `topic`, which `filter` matches. A level that `topic` does not have
  /// leaves nothing, so the result may be no valid name.
  std::string fill(std::string_view filter, std::string_view topic) const;

 private:
  struct Piece {
    enum class Kind { text, topic, level, levels_from, plus, hash };
    Kind kind = Kind::text;
    std::size_t number = 0;  // of a level or a +, from 1
    std::string text;
  };

  static Result<Piece> parse_placeholder(std::string_view name, std::string_view gateway);
  static Result<void> check(const Piece& piece, std::string_view name, const std::vector<std::string>& filters);
  void add_text(std::string_view text);

  std::vector<Piece> pieces_;
};

}  // namespace sluice::upstream
