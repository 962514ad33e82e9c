#include "tests/support/reserved_port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cassert>
#include <filesystem>
#include <random>
#include <string>

namespace sluice::testing {
namespace {

// Below the ports that the kernel gives to outgoing connections.
constexpr int kFirst = 20000;
constexpr int kLast = 32000;

bool can_be_bound(int port) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(server);
  return bound;
}

/// A file per port whose lock goes with the process, however that ends; -1 when another has it.
int lock_port(int port) {
  const auto folder = std::filesystem::temp_directory_path() / ("sluice-test-ports." + std::to_string(geteuid()));
  std::filesystem::create_directories(folder);
  const int file = open((folder / std::to_string(port)).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  assert(file >= 0);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  close(file);
  return -1;
}

}  // namespace

ReservedPort::ReservedPort() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(kFirst, kLast);
  while (lock_ < 0) {
    const int candidate = ports(random);
    if (!can_be_bound(candidate)) continue;
    lock_ = lock_port(candidate);
    number_ = static_cast<std::uint16_t>(candidate);
  }
}

ReservedPort::~ReservedPort() { close(lock_); }

}  // namespace sluice::testing
