#include "broker/net/connection.h"

#include <algorithm>

#include "tests/unit/net/loop_fixture.h"

namespace sluice::net::test {
namespace {

using Kind = Event::Kind;

void append(Connection& connection, std::string_view text) {
  const auto bytes = as_bytes(text);
  auto& out = connection.output();
  out.insert(out.end(), bytes.begin(), bytes.end());
}

MessagePtr message(std::string payload) {
  auto made = std::make_shared<Message>();
  made->payload = std::move(payload);
  return made;
}

class ConnectionTest : public LoopTest {
 protected:
  ConnectionTest() {
    listen();
    start_accepting();
    client_ = std::make_unique<Client>(listener_->port());
    served_end_ = &accepted();
  }

  Connection& connection() { return *served_end_->connection; }

  std::unique_ptr<Client> client_;
  Served* served_end_ = nullptr;
};

TEST_F(ConnectionTest, CarriesBytesBothWays) {
  client_->send("question");
  EXPECT_EQ(served_end_->receive(8), "question");
  on_loop([this] {
    append(connection(), "ans");
    connection().append_payload(message("w"));
    append(connection(), "er");
    EXPECT_EQ(connection().backlog(), 6u);
  });
  EXPECT_EQ(client_->receive(6), "answer");
  on_loop([this] { EXPECT_EQ(connection().backlog(), 0u); });
}

TEST_F(ConnectionTest, AnswersFromWithinItsEvents) {
  on_loop([this] { served_end_->answer = [this](std::string_view text) { append(connection(), text); }; });
  for (const auto* text : {"one", "two", "three"}) {
    client_->send(text);
    EXPECT_EQ(client_->receive(std::string_view(text).size()), text);
  }
}

TEST_F(ConnectionTest, KeepsTheOrderOfManySharedPayloadsForASlowReader) {
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const std::string head = "<" + std::to_string(i) + ">";
    const std::string payload(65'000, static_cast<char>('a' + i % 26));
    expected += head + payload;
    on_loop([&] {
      append(connection(), head);
      connection().append_payload(message(payload));
    });
  }
  on_loop([this] { EXPECT_GT(connection().backlog(), Connection::kLowWater); });
  EXPECT_TRUE(client_->receive(expected.size()) == expected);
  EXPECT_EQ(served_end_->next().kind, Kind::writable);
  on_loop([this] { EXPECT_EQ(connection().backlog(), 0u); });
}

TEST_F(ConnectionTest, SaysThatItIsWritableAlsoWhenTheSocketTookAllAtOnce) {
  const std::string text(Connection::kLowWater + 1, 'x');
  on_loop([&] { append(connection(), text); });
  EXPECT_EQ(client_->receive(text.size()).size(), text.size());
  EXPECT_EQ(served_end_->next().kind, Kind::writable);
}

TEST_F(ConnectionTest, SaysOnceThatThePeerHasGone) {
  client_->close();
  const auto event = served_end_->next();
  EXPECT_EQ(event.kind, Kind::closed);
  EXPECT_EQ(event.text, "the peer closed the connection");
  on_loop([] {});
  EXPECT_TRUE(served_end_->events.drain().empty());
}

TEST_F(ConnectionTest, SaysThatThePeerWasReset) {
  client_->reset();
  const auto event = served_end_->next();
  EXPECT_EQ(event.kind, Kind::closed);
  EXPECT_FALSE(event.text.empty());
}

TEST_F(ConnectionTest, AnswersAPeerThatSendsNoMore) {
  on_loop([this] { served_end_->answer = [this](std::string_view text) { append(connection(), text); }; });
  client_->send("last words");
  client_->shut_down_sending();
  EXPECT_EQ(client_->receive_all(), "last words");
}

TEST_F(ConnectionTest, SendsEverythingBeforeItCloses) {
  const std::string text(8 << 20, 'x');
  on_loop([&] {
    append(connection(), text);
    connection().close();
    connection().close();
  });
  EXPECT_TRUE(client_->receive_all() == text);
  client_->close();
  const auto event = served_end_->next();
  EXPECT_EQ(event.kind, Kind::closed);
  EXPECT_EQ(event.text, "closed by us");
}

TEST_F(ConnectionTest, ClosesWithoutAResetThoughBytesAreUnread) {
  on_loop([this] { connection().pause_reading(); });
  client_->send(std::string(10'000, 'x'));
  on_loop([this] {
    append(connection(), "goodbye");
    connection().close();
  });
  EXPECT_EQ(client_->receive_all(), "goodbye");
  on_loop([] {});
  client_->send("a reset would make this fail");
  client_->close();
  EXPECT_EQ(served_end_->next().kind, Kind::closed);
}

TEST_F(ConnectionTest, DoesNotWaitForEverForAPeerThatDoesNotClose) {
  const auto begin = monotonic_now();
  on_loop([this] { connection().close(); });
  EXPECT_EQ(client_->receive_all(), "");
  EXPECT_EQ(served_end_->next().kind, Kind::closed);
  EXPECT_GE(monotonic_now() - begin, std::chrono::seconds(2));
}

TEST_F(ConnectionTest, HandsOverNothingOnceItWasClosed) {
  on_loop([this] { connection().close(); });
  client_->send("too late");
  client_->close();
  EXPECT_EQ(served_end_->next().kind, Kind::closed);
}

TEST_F(ConnectionTest, ReadsNothingWhileItIsPaused) {
  client_->send("before");
  EXPECT_EQ(served_end_->receive(6), "before");
  on_loop([this] { connection().pause_reading(); });
  client_->send("meanwhile");
  on_loop([] {});
  on_loop([] {});
  EXPECT_TRUE(served_end_->events.drain().empty());
  on_loop([this] { connection().resume_reading(); });
  EXPECT_EQ(served_end_->receive(9), "meanwhile");
}

TEST_F(ConnectionTest, MayBeDestroyedInItsOwnEvent) {
  on_loop([this] {
    served_end_->answer = [this](std::string_view) {
      append(connection(), "never sent");
      served_end_->connection.reset();
    };
  });
  client_->send("x");
  EXPECT_EQ(served_end_->receive(1), "x");
  EXPECT_EQ(client_->receive_all(), "");
}

TEST_F(ConnectionTest, ServesManyPeersAtOnce) {
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<Served*> ends;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<Client>(listener_->port()));
    ends.push_back(&accepted());
  }
  const auto shared = message(std::string(10'000, 's'));
  on_loop([&] {
    for (auto* end : ends) end->connection->append_payload(shared);
  });
  for (auto& client : clients) EXPECT_TRUE(client->receive(10'000) == shared->payload);
  on_loop([&] { EXPECT_EQ(shared.use_count(), 1); });
}

}  // namespace
}  // namespace sluice::net::test
