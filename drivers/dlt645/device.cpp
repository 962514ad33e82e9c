#include "drivers/dlt645/device.h"

#include <algorithm>

namespace sluice::dlt645 {

namespace {

using driver::Done;
using driver::Error;
using driver::Result;
using driver::Settings;

Result<Format> text_format(const Settings& settings) {
  if (!settings.has("length")) return Error{"a string needs `length`, its characters"};
  if (settings.has("digits") || settings.is_set("signed")) return Error{"`digits` and `signed` belong to type bcd"};
  return Format{Form::text, static_cast<std::size_t>(settings.integer("length", 0))};
}

Result<Format> format_of(const Settings& settings) {
  if (settings.text("type", "bcd") == "string") return text_format(settings);
  if (!settings.has("digits")) return Error{"a bcd item needs `digits`, how many decimal digits it has"};
  if (settings.has("length")) return Error{"`length` belongs to type string; a bcd item has `digits`"};
  const auto form = settings.is_set("signed") ? Form::signed_bcd : Form::bcd;
  return Format{form, static_cast<std::size_t>(settings.integer("digits", 0))};
}

}  // namespace

Result<Device> Device::create(const BusSettings& bus, const driver::Device& declared) {
  Device device;
  const auto address = parse_address(declared.settings.text("address"));
  if (!address.ok()) return address.error();
  device.address_ = *address;
  device.version_ = declared.settings.text("version", "2007") == "1997" ? Version::v1997 : Version::v2007;
  device.timeout_ = std::max(bus.timeout, declared.settings.duration("timeout", bus.timeout));
  device.quiet_ = std::max(bus.quiet, declared.settings.duration("quiet", bus.quiet));
  for (std::uint32_t point = 0; point < declared.points.size(); ++point) {
    const auto added = device.add_point(declared.points[point]);
    if (!added.ok()) return Error{added.error().text, point};
  }
  return device;
}

Done Device::add_point(const driver::Point& declared) {
  auto item = parse_item(declared.settings.text("item"), version_);
  if (!item.ok()) return item.error();
  const auto format = format_of(declared.settings);
  if (!format.ok()) return format.error();
  points_.push_back({std::move(*item), *format});
  return driver::done();
}

std::size_t Device::content_size(const Item& item) const {
  std::size_t size = 0;
  for (const auto& point : points_) {
    if (point.item == item) size = std::max(size, point.format.size());
  }
  return size;
}

std::vector<PlannedRead> Device::plan_read(std::span<const std::uint32_t> must,
                                           std::span<const std::uint32_t> may) const {
  std::vector<PlannedRead> plan;
  const auto read_of = [&](const Item& item) { return std::ranges::find(plan, item, &PlannedRead::item); };
  for (const auto point : must) {
    const auto& item = points_.at(point).item;
    auto read = read_of(item);
    if (read == plan.end()) read = plan.insert(plan.end(), {item, {}});
    read->points.push_back(point);
  }
  for (const auto point : may) {
    const auto read = read_of(points_.at(point).item);
    if (read != plan.end() && !std::ranges::count(read->points, point)) read->points.push_back(point);
  }
  return plan;
}

std::vector<driver::PointValue> Device::decode(ByteView content, std::span<const std::uint32_t> points) const {
  std::vector<driver::PointValue> values;
  for (const auto point : points) {
    values.push_back(dlt645::decode(points_.at(point).format, content));
    values.back().point = point;
  }
  return values;
}

}  // namespace sluice::dlt645
