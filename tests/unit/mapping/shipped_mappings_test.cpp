// Every mapping that is shipped: it loads, names its source, and its proofs are right, decoded here
// by a few lines of our own and not by the driver.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <numeric>

#include "gateway/base/bytes.h"
#include "gateway/mapping/convert.h"
#include "gateway/mapping/layers.h"
#include "gateway/mapping/load_mapping.h"
#include "gateway/mapping/meaning.h"
#include "gateway/poll/driver_module.h"

namespace sluice::mapping {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> shipped() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(SHIPPED_MAPPINGS)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string name_of(const testing::TestParamInfo<fs::path>& info) {
  auto name = info.param.stem().native();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 3) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(at, 2)), nullptr, 16)));
  }
  return bytes;
}

std::uint16_t crc_of(ByteView bytes) {
  std::uint16_t crc = 0xFFFF;
  for (const auto byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? static_cast<std::uint16_t>(crc >> 1 ^ 0xA001) : crc >> 1;
  }
  return crc;
}

bool has_good_crc(const Bytes& frame) {
  const auto body = ByteView(frame).first(frame.size() - 2);
  return crc_of(body) == (frame[frame.size() - 2] | frame[frame.size() - 1] << 8);
}

int word(const Bytes& frame, std::size_t at) { return frame[at] << 8 | frame[at + 1]; }

/// What the reply says about a point of 16 or 32 bits.
Value decoded_registers(const config::PointKeys& keys, const Bytes& ask, const Bytes& answer) {
  const auto type = raw_type(keys.settings);
  const auto first = find_setting(keys.settings, "register")->integer;
  const auto at = static_cast<std::size_t>(3 + 2 * (first - word(ask, 2)));
  if (type.bits == 16) return std::uint64_t(word(answer, at));
  const auto* order = find_setting(keys.settings, "order");
  const bool low_first = order != nullptr && order->text == "CDAB";
  const std::uint32_t high = static_cast<std::uint32_t>(word(answer, at + (low_first ? 2 : 0)));
  const std::uint32_t bits = high << 16 | static_cast<std::uint32_t>(word(answer, at + (low_first ? 0 : 2)));
  if (type.kind == RawType::Kind::single) return double{std::bit_cast<float>(bits)};
  if (type.kind == RawType::Kind::integer) return std::int64_t{static_cast<std::int32_t>(bits)};
  return std::uint64_t{bits};
}

Value decoded_modbus(const config::PointKeys& keys, const Bytes& ask, const Bytes& answer) {
  EXPECT_TRUE(has_good_crc(ask) && has_good_crc(answer));
  EXPECT_EQ(answer[2], 2 * word(ask, 4)) << "byte count";
  return decoded_registers(keys, ask, answer);
}

/// Control byte and body of a DL/T 645 frame, once shape and sum are right.
Bytes dlt645_content(const Bytes& bytes) {
  const auto start = std::find_if(bytes.begin(), bytes.end(), [](auto byte) { return byte != 0xFE; });
  const Bytes frame(start, bytes.end());
  EXPECT_EQ(frame.size(), 12u + frame.at(9));
  EXPECT_EQ((std::pair{frame.at(0), frame.at(7)}), (std::pair<std::uint8_t, std::uint8_t>{0x68, 0x68}));
  EXPECT_EQ(frame.back(), 0x16);
  const auto sum = std::accumulate(frame.begin(), frame.end() - 2, 0u);
  EXPECT_EQ(frame[frame.size() - 2], sum & 0xFF);
  Bytes content{frame[8]};
  std::transform(frame.begin() + 10, frame.end() - 2, std::back_inserter(content),
                 [](auto byte) { return byte - 0x33; });
  return content;
}

/// Two digits in a byte, the highest in the last.
Value decoded_dlt645(const config::PointKeys& keys, const Bytes& ask, const Bytes& answer) {
  const auto asked = dlt645_content(ask);
  auto answered = dlt645_content(answer);
  EXPECT_EQ((std::pair{asked[0], answered[0]}), (std::pair<std::uint8_t, std::uint8_t>{0x11, 0x91}));
  EXPECT_TRUE(std::equal(asked.begin() + 1, asked.end(), answered.begin() + 1)) << "another item";
  const auto item = fmt::format("{:02X}{:02X}{:02X}{:02X}", asked.at(4), asked[3], asked[2], asked[1]);
  EXPECT_EQ(find_setting(keys.settings, "item")->text, item);
  EXPECT_EQ(find_setting(keys.settings, "digits")->integer, std::int64_t(2 * (answered.size() - asked.size())));
  const auto* is_signed = find_setting(keys.settings, "signed");
  const bool is_negative = is_signed != nullptr && is_signed->integer != 0 && answered.back() >= 0x80;
  if (is_negative) answered.back() &= 0x7F;
  std::int64_t number = 0;
  for (auto at = answered.size(); at-- > asked.size();)
    number = number * 100 + answered[at] / 16 * 10 + answered[at] % 16;
  return is_negative ? -number : number;
}

class ShippedMapping : public testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    const auto modbus = DriverModule::load("modbus", {DRIVER_DIRECTORY});
    const auto dlt645 = DriverModule::load("dlt645", {DRIVER_DIRECTORY});
    ASSERT_TRUE(modbus.ok() && dlt645.ok());
    config::Complaints complaints;
    mapping_ = load_mapping(GetParam(), config::DriverCatalog({modbus->spec(), dlt645->spec()}), complaints);
    ASSERT_EQ(complaints.lines(), std::vector<std::string>{});
    ASSERT_TRUE(mapping_);
  }

  std::optional<DeviceMapping> mapping_;
};

TEST_P(ShippedMapping, NamesItsSourceAndHowItIsRecognised) {
  EXPECT_FALSE(mapping_->source.empty());
  EXPECT_FALSE(mapping_->serial.empty());
  EXPECT_TRUE(mapping_->probe);
  EXPECT_FALSE(mapping_->proof.empty());
}

TEST_P(ShippedMapping, IsProvedByItsFrames) {
  for (const auto& proof : mapping_->proof) {
    const auto ask = from_hex(proof.ask);
    const auto answer = from_hex(proof.answer);
    const auto own = std::find_if(mapping_->points.begin(), mapping_->points.end(),
                                  [&](const auto& point) { return point.name == proof.point; });
    ASSERT_NE(own, mapping_->points.end());
    const auto keys = layered(proof.point, &*own, *mapping_, {});
    config::Complaints complaints;
    const auto decoded = mapping_->protocol == "dlt645" ? decoded_dlt645 : decoded_modbus;
    const auto value = interpret(meaning_of(keys, complaints), decoded(keys, ask, answer));
    EXPECT_EQ(to_text(value.value), proof.is) << proof.answer << " " << proof.point << " " << value.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ShippedMapping, testing::ValuesIn(shipped()), name_of);

}  // namespace
}  // namespace sluice::mapping
