// One device as its settings describe it: where each point lies, what may be read together, and
// what was learned about it. Plans and decodes; touches no wire.
#pragma once

#include <string>
#include <vector>

#include "drivers/modbus/pdu.h"
#include "drivers/modbus/settings.h"
#include "drivers/registers/codec.h"
#include "drivers/registers/read_plan.h"

namespace sluice::modbus {

/// Which functions write a point.
enum class WriteFunction : std::uint8_t { automatic, single, multiple };

struct PointPlace {
  Table table = Table::holding;
  std::uint16_t first = 0;
  registers::Format format;
  WriteFunction function = WriteFunction::automatic;

  registers::Range range() const { return {first, first + format.length - 1u}; }
};

/// A read request and the points whose values its answer holds.
struct PlannedRead {
  Request request;
  std::vector<std::uint32_t> points;
};

class Device {
 public:
  /// Refuses, with the point in the error where it is about one, what no request could read.
  static driver::Result<Device> create(const BusSettings& bus, const driver::Device& declared);

  std::uint8_t unit() const { return unit_; }
  const std::string& name() const { return name_; }
  driver::Microseconds timeout() const { return timeout_; }
  driver::Microseconds quiet() const { return quiet_; }
  driver::Microseconds after_connect() const { return after_connect_; }
  const std::vector<PointPlace>& points() const { return points_; }
  const registers::ReadRules& rules(Table table) const { return rules_[static_cast<std::size_t>(table)]; }

  std::vector<PlannedRead> plan_read(std::span<const std::uint32_t> must, std::span<const std::uint32_t> may) const;
  driver::Result<Request> plan_write(const driver::PointValue& value) const;

  /// The values of `points` in the answer to a read that holds them.
  std::vector<driver::PointValue> decode(const Request& request, ByteView answer,
                                         std::span<const std::uint32_t> points) const;

  /// What a refused read teaches, to be kept and planned with; empty when nothing.
  std::string learn_refused(const Request& request, std::span<const std::uint32_t> points);
  /// A fact of an earlier run. What is not understood is left alone.
  void learn(std::string_view fact);

 private:
  registers::ReadRules& rules_of(Table table) { return rules_[static_cast<std::size_t>(table)]; }
  driver::Done read_unit(const BusSettings& bus, const driver::Settings& settings);
  driver::Done read_rules(const BusSettings& bus, const driver::Settings& settings);
  driver::Done add_point(const driver::Point& declared);
  std::vector<registers::Wanted> wanted_in(Table table, std::span<const std::uint32_t> points) const;
  bool leaves_gaps(const Request& request, std::span<const std::uint32_t> points) const;
  void learn_range(std::string_view what, Table table, const registers::Range& range);

  std::string name_;
  std::uint8_t unit_ = 1;
  driver::Microseconds timeout_{0};
  driver::Microseconds quiet_{0};
  driver::Microseconds after_connect_{0};
  registers::ReadRules rules_[4];
  std::vector<PointPlace> points_;
};

}  // namespace sluice::modbus
