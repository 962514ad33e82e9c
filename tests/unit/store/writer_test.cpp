#include "broker/store/writer.h"

#include "tests/unit/store/store_fixture.h"

namespace sluice::store {
namespace {

class WriterTest : public ::testing::Test {
 protected:
  WriterTest() { EXPECT_TRUE(writer_.open().ok()); }

  static PendingMessage pending(Ticket ticket) { return {ticket, 0, 0, 0, message("t", std::to_string(ticket))}; }

  std::vector<std::string> stored() {
    auto found = writer_.read({0, 0, 100, 1u << 20, {}});
    EXPECT_TRUE(found.ok());
    return payloads(*found);
  }

  TempDir directory_;
  Writer writer_{settings_in(directory_.path())};
};

// What a commit has stored although it came back with an error looks like this: it is in the file,
// and the messages are still held.
TEST_F(WriterTest, FindsOutWhatAnUnknownCommitHasStored) {
  std::vector<PendingMessage> held = {pending(1), pending(2)};
  ASSERT_TRUE(writer_.commit(held, {0}).ok());
  ASSERT_TRUE(writer_.open().ok());
  held.push_back(pending(3));
  const auto found = writer_.forget_stored(held);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found.back().ticket, 2u);
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].ticket, 3u);
  ASSERT_TRUE(writer_.commit(held, {0}).ok());
  EXPECT_EQ(stored(), (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(WriterTest, KeepsTheNumberOfAMessageThroughRepetitions) {
  std::vector<PendingMessage> first = {pending(1)};
  ASSERT_TRUE(writer_.commit(first, {0}).ok());
  std::vector<PendingMessage> held = {pending(2)};
  held[0].sequence = 2;  // given away by a commit that failed
  ASSERT_TRUE(writer_.open().ok());
  EXPECT_TRUE(writer_.forget_stored(held).empty());
  ASSERT_TRUE(writer_.commit(held, {0}).ok());
  const auto found = writer_.read({0, 1, 100, 1u << 20, {}});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().sequence, 2u);
}

}  // namespace
}  // namespace sluice::store
