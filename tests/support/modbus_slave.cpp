// Several Modbus RTU devices on one line: libmodbus's own server side, so that what the gateway asks
// is answered by somebody else's code. A test starts it as a process of its own.
//
//   modbus_slave --pty LINK --units 1,2,3
//
// makes a pty, links it at LINK, and serves 1000 registers and bits of each table per unit. Lines on
// standard input change it; each is answered with `ok`, or with `error` and why:
//
//   set UNIT coil|discrete|input|holding ADDRESS VALUE…
//   float32 UNIT input|holding ADDRESS VALUE        high word first
//   mute UNIT, unmute UNIT                          it hears, does what it is told, and says nothing
//
// Standard output says what was written: `write UNIT coil|holding ADDRESS VALUE…`.
#include <fcntl.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr int kSize = 1000;
constexpr int kQuietMilliseconds = 50;  // ends a request that is shorter than it says

struct FreeMapping {
  void operator()(modbus_mapping_t* mapping) const { modbus_mapping_free(mapping); }
};
using Mapping = std::unique_ptr<modbus_mapping_t, FreeMapping>;

struct Unit {
  Mapping mapping{modbus_mapping_new(kSize, kSize, kSize, kSize)};
  bool mute = false;
};

using Request = std::vector<std::uint8_t>;

/// How long a request is, checksum included; nothing while its head is not complete.
std::optional<std::size_t> length_of(const Request& request) {
  if (request.size() < 2) return std::nullopt;
  const auto counted = [&](std::size_t at) -> std::optional<std::size_t> {
    if (request.size() <= at) return std::nullopt;
    return at + 1 + request[at] + 2;
  };
  switch (request[1]) {
    case 0x07:
    case 0x11: return 4;
    case 0x0f:
    case 0x10: return counted(6);
    case 0x16: return 10;
    case 0x17: return counted(10);
    default: return 8;
  }
}

std::uint16_t crc16(const Request& bytes, std::size_t size) {
  std::uint16_t crc = 0xffff;
  for (std::size_t i = 0; i < size; ++i) {
    crc = static_cast<std::uint16_t>(crc ^ bytes[i]);
    for (int bit = 0; bit < 8; ++bit) crc = static_cast<std::uint16_t>((crc >> 1) ^ ((crc & 1) != 0 ? 0xa001 : 0));
  }
  return crc;
}

bool is_intact(const Request& request) {
  const auto size = request.size() - 2;
  return crc16(request, size) == (request[size] | request[size + 1] << 8);
}

int word_at(const Request& request, std::size_t at) { return request[at] << 8 | request[at + 1]; }

void report_write(const Request& request, const modbus_mapping_t& mapping) {
  const int function = request[1];
  const bool is_coil = function == 0x05 || function == 0x0f;
  if (!is_coil && function != 0x06 && function != 0x10 && function != 0x16) return;
  const int first = word_at(request, 2);
  const int count = function == 0x0f || function == 0x10 ? word_at(request, 4) : 1;
  if (first + count > kSize) return;
  std::cout << "write " << int{request[0]} << (is_coil ? " coil " : " holding ") << first;
  for (int at = first; at < first + count; ++at) {
    std::cout << ' ' << (is_coil ? int{mapping.tab_bits[at]} : int{mapping.tab_registers[at]});
  }
  std::cout << std::endl;
}

class Line {
 public:
  explicit Line(const std::string& link) : master_(posix_openpt(O_RDWR | O_NOCTTY)) {
    grantpt(master_);
    unlockpt(master_);
    std::array<char, 128> name{};
    ptsname_r(master_, name.data(), name.size());
    // Held open, so that a gateway that closes its end does not end the line.
    wire_ = open(name.data(), O_RDWR | O_NOCTTY);
    termios raw{};
    tcgetattr(wire_, &raw);
    cfmakeraw(&raw);
    tcsetattr(wire_, TCSANOW, &raw);
    std::filesystem::create_symlink(name.data(), link + ".new");
    std::filesystem::rename(link + ".new", link);
    modbus_.reset(modbus_new_rtu(name.data(), 9600, 'N', 8, 1));
    modbus_set_socket(modbus_.get(), master_);
  }

  int descriptor() const { return master_; }
  Unit& add_unit(int number) { return units_[number]; }
  Unit* unit(int number) { return units_.contains(number) ? &units_.at(number) : nullptr; }

  void receive() {
    std::array<std::uint8_t, 256> bytes{};
    const ssize_t count = read(master_, bytes.data(), bytes.size());
    if (count <= 0) return;
    request_.insert(request_.end(), bytes.begin(), bytes.begin() + count);
    const auto length = length_of(request_);
    if (length && request_.size() >= *length) {
      request_.resize(*length);
      answer();
      forget();
    }
  }
  void forget() { request_.clear(); }

 private:
  struct FreeModbus {
    void operator()(modbus_t* modbus) const { modbus_free(modbus); }
  };

  void answer() {
    Unit* addressed = unit(request_[0]);
    if (addressed == nullptr || !is_intact(request_)) return;
    modbus_set_slave(modbus_.get(), request_[0]);
    // A mute device still does what it is told: the answer goes where nobody reads.
    const int nowhere = addressed->mute ? open("/dev/null", O_WRONLY) : -1;
    if (addressed->mute) modbus_set_socket(modbus_.get(), nowhere);
    modbus_reply(modbus_.get(), request_.data(), static_cast<int>(request_.size()), addressed->mapping.get());
    if (addressed->mute) {
      modbus_set_socket(modbus_.get(), master_);
      close(nowhere);
    }
    report_write(request_, *addressed->mapping);
  }

  int master_;
  int wire_ = -1;
  std::unique_ptr<modbus_t, FreeModbus> modbus_;
  std::map<int, Unit> units_;
  Request request_;
};

bool set_values(modbus_mapping_t& mapping, const std::string& table, int address, const std::vector<int>& values) {
  if (address < 0 || address + static_cast<int>(values.size()) > kSize) return false;
  for (const int value : values) {
    if (table == "coil") {
      mapping.tab_bits[address] = value != 0;
    } else if (table == "discrete") {
      mapping.tab_input_bits[address] = value != 0;
    } else if (table == "input") {
      mapping.tab_input_registers[address] = static_cast<std::uint16_t>(value);
    } else if (table == "holding") {
      mapping.tab_registers[address] = static_cast<std::uint16_t>(value);
    } else {
      return false;
    }
    ++address;
  }
  return true;
}

bool set_float32(modbus_mapping_t& mapping, const std::string& table, int address, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return set_values(mapping, table, address, {static_cast<int>(bits >> 16), static_cast<int>(bits & 0xffff)});
}

bool obey(Line& line, const std::string& text) {
  std::istringstream words(text);
  std::string verb;
  std::string table;
  int number = 0;
  int address = 0;
  words >> verb >> number;
  Unit* unit = line.unit(number);
  if (unit == nullptr) return false;
  if (verb == "mute" || verb == "unmute") {
    unit->mute = verb == "mute";
    return true;
  }
  words >> table >> address;
  if (verb == "float32") {
    float value = 0;
    return words >> value && set_float32(*unit->mapping, table, address, value);
  }
  const std::vector<int> values{std::istream_iterator<int>(words), {}};
  return verb == "set" && !values.empty() && set_values(*unit->mapping, table, address, values);
}

void serve(Line& line) {
  std::string input;
  std::array<pollfd, 2> sources{{{STDIN_FILENO, POLLIN, 0}, {line.descriptor(), POLLIN, 0}}};
  for (;;) {
    if (poll(sources.data(), sources.size(), kQuietMilliseconds) == 0) line.forget();
    if ((sources[1].revents & POLLIN) != 0) line.receive();
    if (sources[0].revents == 0) continue;
    std::array<char, 1024> bytes{};
    const ssize_t count = read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return;
    input.append(bytes.data(), static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = input.find('\n')) != std::string::npos; input.erase(0, end + 1)) {
      const auto text = input.substr(0, end);
      std::cout << (obey(line, text) ? "ok" : "error: " + text) << std::endl;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() != 4 || arguments[0] != "--pty" || arguments[2] != "--units") {
    std::cerr << "usage: modbus_slave --pty LINK --units 1,2,3\n";
    return 2;
  }
  Line line(arguments[1]);
  std::istringstream units(arguments[3]);
  for (std::string unit; std::getline(units, unit, ',');) line.add_unit(std::stoi(unit));
  std::cout << "ready" << std::endl;
  serve(line);
  std::filesystem::remove(arguments[1]);
  return 0;
}
