#include "gateway/poll/twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "drivers/sdk/driver.h"
#include "gateway/poll/plugin_input.h"
#include "gateway/poll/plugin_output.h"
#include "gateway/poll/plugin_view.h"

namespace sluice {

namespace {

Error failed(const DriverModule& module, std::string_view why) {
  return Error{fmt::format("simulation with driver {}: {}", module.spec().name, why)};
}

/// Of a call that answers 0, or -1 and a sentence.
Result<void> judge(const DriverModule& module, std::optional<int> code, const char* error) {
  if (code == 0) return {};
  return failed(module, code ? plugin_text(error, "it refuses") : "it threw an exception");
}

}  // namespace

Result<Twin> Twin::create(const DriverModule& module, const SettingValues& settings, int fd) {
  if (!module.can_simulate()) return failed(module, "it cannot simulate devices");
  const PluginSettings input(settings);
  const char* error = nullptr;
  const auto twin = call_plugin(module.table().twin->create, input.view(), fd, &error);
  if (!twin || *twin == nullptr)
    return failed(module, twin ? plugin_text(error, "it refuses") : "it threw an exception");
  return Twin(module, *twin);
}

Twin::Twin(Twin&& other) noexcept
    : module_(other.module_),
      twin_(std::exchange(other.twin_, nullptr)),
      point_counts_(std::move(other.point_counts_)) {}

Twin::~Twin() {
  if (twin_ != nullptr) call_plugin(module_.table().twin->destroy, twin_);
}

Result<std::uint32_t> Twin::add_device(const DevicePlan& device) {
  const PluginDevice input(device);
  const auto raw = input.view();
  const char* error = nullptr;
  const auto code = call_plugin(module_.table().twin->add_device, twin_, &raw, &error);
  if (auto added = judge(module_, code, error); !added) return added.error();
  point_counts_.push_back(static_cast<std::uint32_t>(device.points.size()));
  return static_cast<std::uint32_t>(point_counts_.size() - 1);
}

Result<void> Twin::set(std::uint32_t device, const Reading& reading) {
  const auto value = to_plugin_value(reading);
  const char* error = nullptr;
  const auto code = call_plugin(module_.table().twin->set, twin_, device, &value, &error);
  return judge(module_, code, error);
}

Result<void> Twin::serve(int wake_fd, Duration timeout) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  const auto bounded = static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms, 0, 3'600'000));
  return judge(module_, call_plugin(module_.table().twin->serve, twin_, wake_fd, bounded), "the port is gone");
}

std::optional<Written> Twin::next_written() {
  std::uint32_t device = 0;
  sluice_value value{};
  value.size = sizeof value;
  const auto code = call_plugin(module_.table().twin->next_written, twin_, &device, &value);
  if (code != 1 || device >= point_counts_.size() || !has_size_of<sluice_value>(value.size)) return std::nullopt;
  auto reading = reading_from(value, point_counts_[device]);
  if (!reading) return std::nullopt;
  return Written{device, std::move(*reading)};
}

Result<void> Twin::mute(std::uint32_t device) { return set_mute(device, 1); }
Result<void> Twin::unmute(std::uint32_t device) { return set_mute(device, 0); }

Result<void> Twin::set_mute(std::uint32_t device, std::uint32_t is_mute) {
  return judge(module_, call_plugin(module_.table().twin->mute, twin_, device, is_mute), nullptr);
}

}  // namespace sluice
