#include "drivers/dlt645/twin.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace sluice::dlt645 {

namespace {

using driver::Done;
using driver::Error;
using driver::Result;
using driver::Value;

Value nothing_yet(const Format& format) {
  return format.form == Form::text ? Value(std::string()) : Value(std::uint64_t{0});
}

}  // namespace

Result<std::unique_ptr<driver::Twin>> Twin::create(const driver::Settings& settings, int fd) {
  auto parsed = parse_bus_settings(settings, fd >= 0 ? Wire::handed_over : Wire::named);
  if (!parsed.ok()) return parsed.error();
  auto twin = std::make_unique<Twin>(std::move(*parsed), fd);
  if (fd < 0) {
    if (const auto opened = twin->port_.open(); !opened.ok()) return opened.error();
  }
  return std::unique_ptr<driver::Twin>(std::move(twin));
}

Twin::Twin(BusSettings settings, int fd)
    : settings_(std::move(settings)), port_(settings_.port, settings_.serial, fd) {}

Done Twin::add_device(const driver::Device& declared) {
  auto device = Device::create(settings_, declared);
  if (!device.ok()) return device.error();
  if (device->address() == kAnyMeter) return Error{"a simulated meter needs an address of its own"};
  const auto has_address = [&](const Member& one) { return one.device.address() == device->address(); };
  if (std::ranges::any_of(members_, has_address)) {
    return Error{"another simulated meter has the address " + declared.settings.text("address")};
  }
  Member member{std::move(*device), {}};
  for (const auto& point : member.device.points()) {
    member.contents.push_back(*encode(point.format, nothing_yet(point.format)));
  }
  members_.push_back(std::move(member));
  return driver::done();
}

Done Twin::set(std::uint32_t device, const driver::PointValue& value) {
  if (device >= members_.size() || value.point >= members_[device].contents.size()) return Error{"no such point"};
  auto& member = members_[device];
  auto content = encode(member.device.points()[value.point].format, value.value);
  if (!content.ok()) return content.error();
  member.contents[value.point] = std::move(*content);
  return driver::done();
}

bool Twin::mute(std::uint32_t device, bool is_mute) {
  if (device >= members_.size()) return false;
  members_[device].is_mute = is_mute;
  return true;
}

bool Twin::serve(int wake_fd, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  while (true) {
    pollfd waiting[] = {{wake_fd, POLLIN, 0}, {port_.fd(), POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const auto count = ::poll(waiting, 2, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return false;
    if (count < 0) continue;
    if (waiting[0].revents != 0) return true;
    if (!answer_requests()) return false;
  }
}

/// False when the port is gone.
bool Twin::answer_requests() {
  std::uint8_t buffer[256];
  const auto count = port_.receive(buffer);
  if (!count) return false;
  received_.insert(received_.end(), buffer, buffer + *count);
  while (true) {
    const auto finding = find_frame(received_);
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(finding.lead + finding.size));
    if (finding.what == Found::nothing) return true;
    const auto question = finding.what == Found::frame ? question_in(finding.frame) : std::nullopt;
    if (question && !answer(*question)) return false;
  }
}

bool Twin::answer(const Question& question) {
  for (const auto& member : members_) {
    const auto& address = member.device.address();
    const auto is_meant = question.address == kAnyMeter || question.address == address;
    if (!is_meant || member.is_mute) continue;
    const auto bytes = to_bytes(answer_of(member, question), settings_.preamble);
    if (!port_.send(bytes, Clock::now() + std::chrono::seconds(1))) return false;
  }
  return true;
}

Frame Twin::answer_of(const Member& member, const Question& question) {
  const auto& address = member.device.address();
  const auto own = member.device.question_for(question.item);
  const auto& points = member.device.points();
  const auto point = std::ranges::find(points, question.item, &PointPlace::item);
  if (own.version != question.version || point == points.end()) return error_to(question, address, kNoSuchItem);
  return answer_to(question, address, member.contents[static_cast<std::size_t>(point - points.begin())]);
}

}  // namespace sluice::dlt645
