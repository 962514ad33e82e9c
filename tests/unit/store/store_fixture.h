// A store in a directory of its own, and the few things that every test does with it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "broker/store/store.h"
#include "tests/support/temp_dir.h"

namespace sluice::store {

inline constexpr std::chrono::seconds kPatience{20};

using sluice::testing::TempDir;

inline MessagePtr message(std::string topic, std::string payload) {
  Message made;
  made.topic = std::move(topic);
  made.payload = std::move(payload);
  made.qos = QoS::at_least_once;
  return std::make_shared<const Message>(std::move(made));
}

/// Waits for a fact; false when it has not come true in time. Looks again every millisecond, since
/// the store has no event for all that a test may wait for.
inline bool eventually(const std::function<bool()>& fact, std::chrono::seconds patience = kPatience) {
  const auto until = monotonic_now() + patience;
  while (!fact()) {
    if (monotonic_now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

inline std::unique_ptr<Store> open_store(Settings settings) {
  auto opened = Store::open(std::move(settings), [] {});
  EXPECT_TRUE(opened.ok()) << opened.error().text;
  return opened ? std::move(*opened) : nullptr;
}

inline Settings settings_in(const std::filesystem::path& directory) {
  Settings settings;
  settings.directory = directory;
  settings.streams = {"cloud"};
  return settings;
}

inline bool stop(Store& store) { return store.stop(monotonic_now() + kPatience); }

/// Appends and gives the ticket; 0 when it was not accepted.
inline Ticket append(Store& store, MessagePtr appended, Urgency urgency = Urgency::awaited, StreamId stream = 0) {
  Ticket ticket = 0;
  const auto answer = store.append(stream, std::move(appended), urgency, ticket);
  return answer == Append::accepted ? ticket : 0;
}

inline bool wait_until_stored(const Store& store, Ticket ticket, std::chrono::seconds patience = kPatience) {
  return eventually([&] { return store.stored_up_to() >= ticket; }, patience);
}

inline std::vector<StoredMessage> fetch(Store& store, std::uint64_t after = 0, std::size_t most = 1000000,
                                        std::size_t bytes = 1u << 30, StreamId stream = 0) {
  auto answer = std::make_shared<std::promise<std::vector<StoredMessage>>>();
  auto future = answer->get_future();
  store.fetch(stream, after, most, bytes,
              [answer](std::vector<StoredMessage> found) { answer->set_value(std::move(found)); });
  if (future.wait_for(kPatience) == std::future_status::ready) return future.get();
  ADD_FAILURE() << "the store did not answer";
  return {};
}

inline std::vector<std::string> payloads(const std::vector<StoredMessage>& found) {
  std::vector<std::string> all;
  for (const auto& stored : found) all.push_back(stored.message->payload);
  return all;
}

}  // namespace sluice::store
