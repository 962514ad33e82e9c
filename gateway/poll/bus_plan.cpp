#include "gateway/poll/bus_plan.h"

namespace sluice {

std::vector<std::uint32_t> points_to_read(const DevicePlan& device) {
  std::vector<std::uint32_t> positions;
  for (std::uint32_t point = 0; point < device.points.size(); ++point) {
    if (device.points[point].is_read) positions.push_back(point);
  }
  return positions;
}

}  // namespace sluice
