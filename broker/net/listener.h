// A TCP port where connections are accepted, and what is spoken there below MQTT.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "broker/net/connection.h"
#include "broker/net/loop.h"
#include "broker/net/transport.h"
#include "gateway/base/result.h"

namespace sluice::net {

class Acceptor;

class Listener {
 public:
  using Accept = std::function<void(std::unique_ptr<Connection>)>;

  /// Binds and listens; nothing is accepted yet. `host` is an address or a name, empty for every
  /// address of both families; `port` 0 is any free one. A port that is taken is an error, and so are
  /// certificates that cannot be used; one that has expired is said in the log, because the clocks
  /// that count are those of the clients.
  static Result<std::unique_ptr<Listener>> open(Loop& loop, const std::string& host, std::uint16_t port,
                                                const Transport& transport = {});

  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The one in use, also when 0 was asked for.
  std::uint16_t port() const;

  /// Calls `accept` on the loop's thread for each connection from now on, also for those that came
  /// before. When descriptors run out it pauses for a second at a time.
  void start(Accept accept);

 private:
  explicit Listener(std::shared_ptr<Acceptor> acceptor);

  const std::shared_ptr<Acceptor> acceptor_;
};

}  // namespace sluice::net
