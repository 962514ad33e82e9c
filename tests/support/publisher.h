// A local client that publishes with QoS 1, in MQTT 3.1.1, where an acknowledgement can only mean
// acceptance. Its bytes are written here by hand, so that the gateway's codec is not tested with itself.
//
// The ledger of accepted messages is kept here, outside the gateway: a message counts once its PUBACK
// has arrived. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace sluice::testing {

struct Accepted {
  std::string topic;
  std::string payload;
};

class Publisher {
 public:
  explicit Publisher(std::string client_id);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  /// To the broker on this port of this machine; again after the connection was lost. What was not
  /// acknowledged by then is forgotten: nobody has accepted it. False when there is no connection.
  bool connect(std::uint16_t port);

  /// Publishes payload after payload, the counter of all messages so far (`17`), over `topics` topics
  /// `PREFIX/0`, `PREFIX/1` … in turn, at `rate` per second. Ends early when the connection is lost.
  void publish_for(std::chrono::milliseconds duration, int rate, const std::string& prefix, int topics);

  /// Waits until nothing is open any more; false when that or the connection has failed by then.
  bool settle(std::chrono::seconds within = std::chrono::seconds(10));

  const std::vector<Accepted>& accepted() const { return accepted_; }
  std::uint64_t published() const { return counter_; }

 private:
  bool send_all(const std::string& bytes);
  bool publish(const std::string& topic, const std::string& payload);
  bool receive_until(std::chrono::steady_clock::time_point until);
  bool take_packets();
  void disconnect();

  std::string client_id_;
  int socket_ = -1;
  std::uint64_t counter_ = 0;
  std::uint16_t next_id_ = 1;
  std::map<std::uint16_t, Accepted> open_;
  std::string input_;
  std::vector<Accepted> accepted_;
};

}  // namespace sluice::testing
