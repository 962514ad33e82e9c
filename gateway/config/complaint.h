// Everything that is wrong with a site's files, collected so that all of it is told at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "gateway/base/result.h"

namespace sluice::config {

/// Where something is written. Lines and columns count from 1; 0 means the file as a whole.
struct Place {
  std::shared_ptr<const std::string> file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// A list of `file:line:col: key: what is wrong, what would be right`. Loading never stops at the
/// first.
class Complaints {
 public:
  /// `key` is the dotted path as it is written (buses.line-a.devices.meter-1.unit), or empty. The
  /// same text about the same place is kept once, under the key that came first: one faulty default
  /// is one complaint, however many devices share it.
  void add(const Place& place, std::string_view key, std::string_view text);

  bool empty() const { return complaints_.empty(); }
  std::size_t count() const { return complaints_.size(); }

  /// One line each, by file in the order in which files were first complained about, then by place.
  std::vector<std::string> lines() const;

  /// All lines in one text. Must not be asked of an empty list.
  Error error() const;

 private:
  struct Complaint {
    std::size_t file;
    Place place;
    std::string key;
    std::string text;
  };

  std::size_t file_number(const Place& place);

  std::vector<std::string> files_;
  std::vector<Complaint> complaints_;
  std::unordered_set<std::string> seen_;
};

/// What is wrong with something that was written, and what would be right.
inline Error wrong(std::string text) { return {std::move(text), ErrorKind::invalid}; }

/// Of `known` the name that somebody most likely meant by `word`; empty when none is near.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> known);

}  // namespace sluice::config
