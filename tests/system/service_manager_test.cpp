// What the service manager hears (sd_notify(3)), on a socket of the test's own.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/system/bench_site.h"

namespace sluice::testing {
namespace {

class ServiceManager {
 public:
  explicit ServiceManager(const std::filesystem::path& path) : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    setenv("WATCHDOG_USEC", "300000", 1);
    unsetenv("WATCHDOG_PID");
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager() {
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    close(socket_);
  }

  /// The next message within 10 s; empty when there is none.
  std::string next() {
    pollfd waiting{socket_, POLLIN, 0};
    if (poll(&waiting, 1, 10'000) <= 0) return {};
    char text[256];
    const auto size = recv(socket_, text, sizeof text, 0);
    return size <= 0 ? std::string{} : std::string(text, static_cast<std::size_t>(size));
  }

  bool hears(const std::string& wanted) {
    for (auto heard = next(); !heard.empty(); heard = next()) {
      if (heard == wanted) return true;
    }
    return false;
  }

 private:
  int socket_;
};

TEST(ServiceManager, IsToldOfReadinessLifeAndEnd) {
  TempDir folder;
  ServiceManager manager(folder.path() / "notify");
  GatewayUnderTest gateway(folder, site_text(""));
  gateway.start();
  EXPECT_EQ(manager.next(), "READY=1");
  for (int beat = 0; beat < 3; ++beat) EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(gateway.stop(), 0) << gateway.log();
  EXPECT_TRUE(manager.hears("STOPPING=1"));
}

}  // namespace
}  // namespace sluice::testing
