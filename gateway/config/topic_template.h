// Topics with placeholders: `{gateway}/{device}/{point}`. Pure.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace sluice::config {

class TopicTemplate {
 public:
  /// Refused: placeholders that are not in `known`, wildcards, empty levels, a first `$`, and what
  /// is longer than a topic may be. `{{` stands for a brace.
  static Result<TopicTemplate> parse(std::string_view text, std::span<const std::string_view> known);

  bool has(std::string_view placeholder) const;

  /// The topic with the value of each placeholder in its place. Whether it is valid with these
  /// values is the caller's question.
  std::string fill(const std::function<std::string_view(std::string_view)>& value_of) const;

 private:
  struct Piece {
    bool is_placeholder;
    std::string text;
  };

  std::vector<Piece> pieces_;
};

/// What is wrong with a complete topic that we publish; empty when nothing is.
std::string topic_fault(std::string_view topic);

inline constexpr std::string_view kPointPlaceholders[] = {"gateway", "bus", "device", "point", "label", "address"};
inline constexpr std::string_view kDevicePlaceholders[] = {"gateway", "bus", "device", "label", "address"};

}  // namespace sluice::config
