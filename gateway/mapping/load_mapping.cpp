#include "gateway/mapping/load_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "gateway/config/driver_keys.h"
#include "gateway/config/read_point_keys.h"
#include "gateway/config/reader.h"
#include "gateway/config/scalar.h"
#include "gateway/config/yaml.h"
#include "gateway/mapping/number_base.h"

namespace sluice::mapping {

namespace {

using config::Complaints;
using config::Entry;
using config::MapReader;
using config::Node;

/// `01 04 00 00`: bytes as a bus monitor shows them.
Result<std::string> to_frame(const Node& node) {
  const auto text = config::to_text(node);
  if (!text) return text;
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); };
  for (std::size_t at = 0; at < text->size(); at += 3) {
    const bool is_byte = at + 1 < text->size() && is_hex((*text)[at]) && is_hex((*text)[at + 1]);
    const bool is_separated = at + 2 >= text->size() || (*text)[at + 2] == ' ';
    if (!is_byte || !is_separated || at + 3 == text->size())
      return config::wrong("takes bytes in hex, \"01 04 00 00\"");
  }
  return text;
}

class MappingReader {
 public:
  MappingReader(const Node& root, const config::DriverCatalog& drivers, Complaints& complaints)
      : map_(root, "", complaints), drivers_(drivers), complaints_(complaints) {}

  std::optional<DeviceMapping> read() {
    map_.check_keys(
        {{"device", "protocol", "source", "serial", "base", "defaults", "reading", "points", "probe", "proof"},
         {"extends", "parameters", "setup", "models"}});
    mapping_.device = map_.require("device", config::to_text, "what the device is called").value_or("");
    map_.get_into(mapping_.source, "source", config::to_text);
    map_.get_into(mapping_.serial, "serial", config::checked_text(config::check_serial));
    driver_ = find_driver();
    if (driver_ == nullptr) return std::nullopt;
    read_points();
    read_reading();
    read_probe();
    read_proof();
    return std::move(mapping_);
  }

 private:
  const DriverSpec* find_driver() {
    const auto protocol = map_.require("protocol", config::to_text, "the name of a driver");
    if (!protocol) return nullptr;
    mapping_.protocol = *protocol;
    const auto* driver = drivers_.find(*protocol);
    if (driver == nullptr) {
      map_.complain("protocol",
                    fmt::format("there is no driver `{}`; there are {}", *protocol, fmt::join(drivers_.names(), ", ")));
    }
    return driver;
  }

  void read_points() {
    const auto base = map_.get("base", to_number_base).value_or(NumberBase::as_sent);
    if (const auto* defaults = map_.find("defaults")) {
      mapping_.defaults = config::read_point_keys(*defaults, "defaults", "defaults", *driver_, complaints_);
    }
    const auto* points = map_.find("points");
    if (points == nullptr) return map_.complain("points", "is missing; a mapping has points");
    const MapReader entries(*points, "points", complaints_);
    for (const auto& entry : points->entries) read_point(entry, entries.path_of(entry.key), base);
    if (points->is_map() && points->entries.empty()) map_.complain("points", "is empty; a mapping has points");
    base_ = base;
  }

  void read_point(const Entry& entry, std::string path, NumberBase base) {
    if (const auto name = config::check_point_name(entry.key); !name) {
      complaints_.add(entry.place, path, name.error().text);
    }
    auto point = config::read_point_keys(entry.value, entry.key, std::move(path), *driver_, complaints_);
    point.place = entry.place;
    if (const auto based = apply_base(base, point.settings); !based) {
      complaints_.add(entry.place, point.path + ".register", based.error().text);
    }
    mapping_.points.push_back(std::move(point));
  }

  void read_reading() {
    const auto* node = map_.find("reading");
    if (node == nullptr) return;
    MapReader reading(*node, "reading", complaints_);
    config::KeyTable table;
    config::add_names(table.built, driver_->reading);
    table.later = {"longest",    "longest_bits", "legal",   "whole", "gaps",
                   "one_by_one", "bits_from_0",  "timeout", "quiet", "after_connect"};
    reading.check_keys(table);
    mapping_.reading = config::read_settings(reading, driver_->reading);
    if (const auto based = apply_base_to_ranges(base_, mapping_.reading); !based) {
      reading.complain("legal", based.error().text);
    }
  }

  void read_probe() {
    const auto* node = map_.find("probe");
    if (node == nullptr) return;
    MapReader map(*node, "probe", complaints_);
    map.check_keys({{"point", "between"}, {}});
    const auto point = map.require("point", config::to_text, "the name of a point");
    const auto between = map.require("between", config::to_range, "two numbers between which its value lies");
    if (point) check_point(map, *point);
    if (point && between) mapping_.probe = Probe{*point, *between};
  }

  void read_proof() {
    const auto* node = map_.find("proof");
    if (node == nullptr) return;
    if (!node->is_list()) return map_.complain("proof", "takes a list of { ask, answer, point, is }");
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      MapReader map(node->items[i], fmt::format("proof.{}", i + 1), complaints_);
      map.check_keys({{"ask", "answer", "point", "is"}, {}});
      Proof proof;
      proof.ask = map.require("ask", to_frame, "the bytes that are asked").value_or("");
      proof.answer = map.require("answer", to_frame, "the bytes that are answered").value_or("");
      proof.point = map.require("point", config::to_text, "the name of a point").value_or("");
      proof.is = map.require("is", config::to_text, "the value of the point").value_or("");
      if (!proof.point.empty()) check_point(map, proof.point);
      mapping_.proof.push_back(std::move(proof));
    }
  }

  void check_point(MapReader& map, const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& point : mapping_.points) names.push_back(point.name);
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    const auto meant = config::nearest_name(name, names);
    map.complain("point", fmt::format("there is no point `{}` in this file{}", name,
                                      meant.empty() ? "" : fmt::format("; did you mean `{}`?", meant)));
  }

  MapReader map_;
  const config::DriverCatalog& drivers_;
  Complaints& complaints_;
  const DriverSpec* driver_ = nullptr;
  NumberBase base_ = NumberBase::as_sent;
  DeviceMapping mapping_;
};

}  // namespace

std::optional<std::filesystem::path> find_mapping(const std::string& name, const std::filesystem::path& named_by,
                                                  const std::vector<std::filesystem::path>& directories) {
  std::error_code failed;
  if (name.starts_with('.') || name.starts_with('/')) {
    auto path = (named_by.parent_path() / name).lexically_normal();
    return std::filesystem::exists(path, failed) ? std::optional(std::move(path)) : std::nullopt;
  }
  for (const auto& directory : directories) {
    auto path = directory / (name + ".yaml");
    if (std::filesystem::exists(path, failed)) return path;
  }
  return std::nullopt;
}

std::optional<DeviceMapping> load_mapping(const std::filesystem::path& path, const config::DriverCatalog& drivers,
                                          Complaints& complaints) {
  const auto root = config::read_yaml(path, complaints);
  if (!root) return std::nullopt;
  auto mapping = MappingReader(*root, drivers, complaints).read();
  if (mapping) mapping->file = path;
  return mapping;
}

}  // namespace sluice::mapping
