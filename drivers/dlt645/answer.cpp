#include "drivers/dlt645/answer.h"

#include <algorithm>

namespace sluice::dlt645 {

namespace {

constexpr std::uint8_t kFromMeter = 0x80;
constexpr std::uint8_t kIsError = 0x40;
constexpr std::uint8_t kMoreFollows = 0x20;
constexpr std::uint8_t kFunctionBits = 0x1F;

constexpr std::uint8_t read_function(Version version) { return version == Version::v2007 ? 0x11 : 0x01; }
constexpr std::size_t item_size(Version version) { return version == Version::v2007 ? 4 : 2; }

bool begins_with(const Bytes& body, const Item& item) {
  return body.size() >= item.size() && std::equal(item.begin(), item.end(), body.begin());
}

Frame from_meter(const Question& question, const Address& meter, std::uint8_t flags) {
  return {meter, static_cast<std::uint8_t>(read_function(question.version) | kFromMeter | flags), {}};
}

}  // namespace

Frame request_for(const Question& question) {
  return {question.address, read_function(question.version), question.item};
}

Judged judge(const Question& question, const Frame& frame) {
  if (frame == request_for(question)) return {Kind::echo, {}};
  const auto is_addressed = question.address == kAnyMeter || question.address == frame.address;
  if (!(frame.control & kFromMeter) || !is_addressed) return {Kind::foreign, {}};
  if ((frame.control & kFunctionBits) != read_function(question.version)) return {Kind::other, {}};
  if (frame.control & kIsError) {
    return frame.body.size() == 1 ? Judged{Kind::error, {}, frame.body[0]} : Judged{Kind::other, {}};
  }
  if (!begins_with(frame.body, question.item)) return {Kind::other, {}};
  const auto kind = frame.control & kMoreFollows ? Kind::continued : Kind::answer;
  return {kind, ByteView(frame.body).subspan(question.item.size())};
}

Frame answer_to(const Question& question, const Address& meter, ByteView content) {
  auto frame = from_meter(question, meter, 0);
  frame.body = question.item;
  frame.body.insert(frame.body.end(), content.begin(), content.end());
  return frame;
}

Frame error_to(const Question& question, const Address& meter, std::uint8_t error) {
  auto frame = from_meter(question, meter, kIsError);
  frame.body = {error};
  return frame;
}

std::optional<Question> question_in(const Frame& frame) {
  for (const auto version : {Version::v2007, Version::v1997}) {
    if (frame.control != read_function(version) || frame.body.size() != item_size(version)) continue;
    return Question{version, frame.address, frame.body};
  }
  return std::nullopt;
}

ErrorMeaning meaning_of_error(std::uint8_t error) {
  if (error & kNoSuchItem) return {driver::Code::refused, "no such item"};
  if (error & kNotAuthorised) return {driver::Code::refused, "not authorised"};
  return {driver::Code::device, "error " + std::to_string(error)};
}

}  // namespace sluice::dlt645
