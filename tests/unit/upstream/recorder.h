// A stand-in for the cloud that records every PUBLISH before it answers, and answers as it is
// told. Its bytes are its own, so that neither Paho nor the codec of the broker is tested with
// itself. MQTT 5, one client at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice::upstream {

class Recorder {
 public:
  struct Publish {
    std::string topic;
    std::string payload;
    int qos = 0;
    bool retain = false;
    std::map<std::string, std::string> user;
  };

  /// What to do about the n-th PUBLISH (from 1): a reason code for its PUBACK, or one of these.
  static constexpr int kWithhold = -1;
  static constexpr int kCut = -2;
  static constexpr int kDisconnect = -3;  // DISCONNECT 0x8B, server shutting down
  using Answer = std::function<int(std::size_t n)>;

  explicit Recorder(Answer answer, std::uint8_t connack_reason = 0, std::uint16_t receive_maximum = 0);
  ~Recorder();

  std::uint16_t port() const { return port_; }
  std::vector<Publish> published() const;
  std::size_t connects() const { return connects_; }
  std::size_t heartbeats() const { return heartbeats_; }
  std::size_t most_open() const { return most_open_; }

 private:
  void run();
  void serve();
  bool read_exactly(std::string& into, std::size_t size);
  bool read_packet(std::uint8_t& header, std::string& body);
  bool handle(std::uint8_t header, const std::string& body);
  bool on_publish(std::uint8_t header, const std::string& body);
  bool end_with_disconnect();
  void send(const std::string& bytes);

  const Answer answer_;
  const std::uint8_t connack_reason_;
  const std::uint16_t receive_maximum_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> client_{-1};
  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> connects_{0};
  std::atomic<std::size_t> heartbeats_{0};
  std::atomic<std::size_t> most_open_{0};
  std::size_t open_ = 0;
  mutable std::mutex mutex_;
  std::vector<Publish> published_;
  std::thread thread_;
};

}  // namespace sluice::upstream
