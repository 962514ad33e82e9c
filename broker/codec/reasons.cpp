#include "broker/codec/reasons.h"

#include <algorithm>
#include <array>
#include <span>

namespace sluice::codec {

namespace {

using Codes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 22> kConnack{0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
                                                0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F};
constexpr std::array<std::uint8_t, 9> kPuback{0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99};
constexpr std::array<std::uint8_t, 2> kPubrel{0x00, 0x92};
constexpr std::array<std::uint8_t, 12> kSuback{0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2};
constexpr std::array<std::uint8_t, 7> kUnsuback{0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91};
constexpr std::array<std::uint8_t, 14> kDisconnectOfClient{0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90,
                                                           0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99};
constexpr std::array<std::uint8_t, 28> kDisconnectOfServer{0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E,
                                                           0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A,
                                                           0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2};
constexpr std::array<std::uint8_t, 2> kAuthOfClient{0x18, 0x19};
constexpr std::array<std::uint8_t, 2> kAuthOfServer{0x00, 0x18};

Codes codes_of(PacketType type, Side reader) {
  switch (type) {
    case PacketType::connack: return kConnack;
    case PacketType::puback:
    case PacketType::pubrec: return kPuback;
    case PacketType::pubrel:
    case PacketType::pubcomp: return kPubrel;
    case PacketType::suback: return kSuback;
    case PacketType::unsuback: return kUnsuback;
    case PacketType::disconnect: return reader == Side::server ? Codes(kDisconnectOfClient) : kDisconnectOfServer;
    case PacketType::auth: return reader == Side::server ? Codes(kAuthOfClient) : kAuthOfServer;
    default: return {};
  }
}

}  // namespace

bool may_carry(PacketType type, Side reader, Reason reason) {
  return std::ranges::binary_search(codes_of(type, reader), static_cast<std::uint8_t>(reason));
}

std::uint8_t to_return_code(Reason reason) {
  switch (reason) {
    case Reason::success: return 0;
    case Reason::unsupported_protocol_version: return 1;
    case Reason::client_identifier_not_valid: return 2;
    case Reason::bad_user_name_or_password:
    case Reason::bad_authentication_method: return 4;
    case Reason::not_authorized:
    case Reason::banned: return 5;
    default: return 3;
  }
}

Reason from_return_code(std::uint8_t code) {
  switch (code) {
    case 0: return Reason::success;
    case 1: return Reason::unsupported_protocol_version;
    case 2: return Reason::client_identifier_not_valid;
    case 3: return Reason::server_unavailable;
    case 4: return Reason::bad_user_name_or_password;
    case 5: return Reason::not_authorized;
    default: return Reason::unspecified_error;
  }
}

}  // namespace sluice::codec
