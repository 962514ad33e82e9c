#include "broker/access/password_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <ctime>
#include <fstream>

#include "tests/unit/access/sample_passwords.h"

namespace sluice::access {
namespace {

using test::kAlice;
using test::kBob;
using test::kUmlaut;

PasswordFile parsed(std::string_view text) {
  auto file = PasswordFile::parse(text, "users");
  EXPECT_TRUE(file) << file.error().text;
  return file ? std::move(*file) : PasswordFile();
}

TEST(PasswordFile, AcceptsWhatMosquittoPasswdWrote) {
  const auto file = parsed(std::string(kBob) + kAlice + kUmlaut);
  EXPECT_TRUE(file.verify("alice", "secret"));
  EXPECT_TRUE(file.verify("bob", "old password"));
  EXPECT_TRUE(file.verify("ümlaut", "pässword"));
}

TEST(PasswordFile, KnowsNobodyElseAndNoOtherPassword) {
  const auto file = parsed(std::string(kBob) + kAlice);
  EXPECT_FALSE(file.verify("alice", "Secret"));
  EXPECT_FALSE(file.verify("alice", ""));
  EXPECT_FALSE(file.verify("alice", std::string_view("secret\0", 7)));
  EXPECT_FALSE(file.verify("bob", "secret"));
  EXPECT_FALSE(file.verify("carol", "secret"));
  EXPECT_FALSE(file.verify("", ""));
  EXPECT_FALSE(PasswordFile().verify("alice", "secret"));
}

TEST(PasswordFile, ToleratesCommentsBlankLinesAndAMissingLastNewline) {
  const auto text = std::string("# users of the plant\n\n\r\n") + kAlice + kBob;
  const auto file = parsed(text.substr(0, text.size() - 1));
  EXPECT_EQ(file.size(), 2u);
  EXPECT_TRUE(file.verify("bob", "old password"));
}

TEST(PasswordFile, LeavesOutBadLinesAndNamesThem) {
  const std::string bad[] = {
      "mallory",
      "mallory:",
      "mallory:plain text",
      ":$6$AAAA$AAAA",
      std::string("mal\0lory:x", 10),
      "mallory:$5$AAAA$AAAA",
      "mallory:$6$AAAA",
      "mallory:$6$AAAA$AAAA",
      "mallory:$6$$" + std::string(86, 'A') + "==",
      "mallory:$7$0$AAAA$" + std::string(86, 'A') + "==",
      "mallory:$7$-1$AAAA$" + std::string(86, 'A') + "==",
      "mallory:$7$4000000000$AAAA$" + std::string(86, 'A') + "==",
      "mallory:$7$101$A*AA$" + std::string(86, 'A') + "==",
      "mallory:$7$101$AAAA$" + std::string(86, 'A') + "==x",
      "alice" + std::string(kBob).substr(3, std::string(kBob).size() - 4),
  };
  for (const auto& line : bad) {
    SCOPED_TRACE(line);
    const auto file = parsed(kAlice + line + "\n" + kBob);
    EXPECT_EQ(file.size(), 2u);
    ASSERT_EQ(file.complaints().size(), 2u);
    EXPECT_EQ(file.complaints()[0].find("users:2: "), 0u) << file.complaints()[0];
    EXPECT_FALSE(file.verify("mallory", ""));
    EXPECT_TRUE(file.verify("alice", "secret"));
  }
}

TEST(PasswordFile, IsRefusedWhenNobodyCouldLogIn) {
  for (const auto* text : {"", "\n", "# nobody\n", "mallory\n", "mallory:\nother:\n"}) {
    const auto file = PasswordFile::parse(text, "users");
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().kind, ErrorKind::invalid);
    EXPECT_NE(file.error().text.find("users"), std::string::npos);
  }
}

TEST(PasswordFile, SaysThatTheHashesAreCheap) {
  const auto file = parsed(kAlice);
  ASSERT_EQ(file.complaints().size(), 1u);
  EXPECT_NE(file.complaints()[0].find("101 iterations"), std::string::npos);
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double cost_of(const PasswordFile& file, std::string_view user) {
  const auto before = cpu_seconds();
  EXPECT_FALSE(file.verify(user, "wrong"));
  return cpu_seconds() - before;
}

TEST(PasswordFile, TakesTheSameTimeForEverybodyKnownOrNot) {
  std::string expensive = kAlice;
  expensive.replace(expensive.find("101"), 3, "30000");
  const auto file = parsed(std::string(kBob) + kUmlaut + expensive);
  const auto dearest = cost_of(file, "alice");
  for (const auto* user : {"bob", "ümlaut", "nobody"}) {
    EXPECT_GT(cost_of(file, user), dearest / 4) << user;
    EXPECT_LT(cost_of(file, user), dearest * 4) << user;
  }
}

class PasswordFileOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "passwords.XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = directory_ / "users";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(std::string_view text) { std::ofstream(path_) << text; }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

TEST_F(PasswordFileOnDisk, IsRead) {
  write(kAlice);
  const auto file = PasswordFile::read(path_);
  ASSERT_TRUE(file) << file.error().text;
  EXPECT_TRUE(file->verify("alice", "secret"));
}

TEST_F(PasswordFileOnDisk, IsRefusedWhenItIsMissingOrNoFile) {
  EXPECT_FALSE(PasswordFile::read(path_));
  EXPECT_FALSE(PasswordFile::read(directory_));
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(PasswordFile::read(path_));
}

TEST_F(PasswordFileOnDisk, IsRefusedWhenEverybodyCanWriteIt) {
  write(kAlice);
  ASSERT_EQ(chmod(path_.c_str(), 0666), 0);
  EXPECT_FALSE(PasswordFile::read(path_));
}

TEST_F(PasswordFileOnDisk, IsRefusedWhenItIsHuge) {
  write(kAlice + std::string(2u << 20, 'x'));
  EXPECT_FALSE(PasswordFile::read(path_));
}

}  // namespace
}  // namespace sluice::access
