// One meter as its settings describe it: its address and which item each point is. Touches no wire.
#pragma once

#include <vector>

#include "drivers/dlt645/content.h"
#include "drivers/dlt645/settings.h"

namespace sluice::dlt645 {

struct PointPlace {
  Item item;
  Format format;
};

/// Points that one item holds, which is one exchange.
struct PlannedRead {
  Item item;
  std::vector<std::uint32_t> points;
};

class Device {
 public:
  /// The error names the point where it is about one.
  static driver::Result<Device> create(const BusSettings& bus, const driver::Device& declared);

  const Address& address() const { return address_; }
  const std::vector<PointPlace>& points() const { return points_; }
  driver::Microseconds timeout() const { return timeout_; }
  driver::Microseconds quiet() const { return quiet_; }

  Question question_for(const Item& item) const { return {version_, address_, item}; }
  /// Bytes that an answer about the item has, as far as the points tell.
  std::size_t content_size(const Item& item) const;

  std::vector<PlannedRead> plan_read(std::span<const std::uint32_t> must, std::span<const std::uint32_t> may) const;
  std::vector<driver::PointValue> decode(ByteView content, std::span<const std::uint32_t> points) const;

 private:
  driver::Done add_point(const driver::Point& declared);

  Version version_ = Version::v2007;
  Address address_{};
  driver::Microseconds timeout_{0};
  driver::Microseconds quiet_{0};
  std::vector<PointPlace> points_;
};

}  // namespace sluice::dlt645
