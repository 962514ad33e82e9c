// The demonstration is a promise, too: it runs everywhere, ends well, and leaves nothing behind.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "tests/system/bench_site.h"

namespace sluice::testing {
namespace {

std::size_t folders_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

/// `sluice demo` with a temporary directory of its own.
std::unique_ptr<cli::ChildProcess> start_demo(const std::filesystem::path& temporary) {
  return cli::ChildProcess::start({"env", "TMPDIR=" + temporary.string(), program(), "demo", "--seconds", "15"})
      .value();
}

TEST(Demo, EndsWithAReceiptThatSaysNothingIsLost) {
  TempDir folder;
  const auto demo = start_demo(folder.folder("tmp"));
  const auto says_that_nothing_is = [](const std::string& line) {
    return line.find(" lost ") != std::string::npos && line.ends_with(" 0");
  };
  const auto lost = demo->output().wait_for(says_that_nothing_is, monotonic_now() + seconds(150));
  EXPECT_TRUE(lost.has_value()) << fmt::format("{}", fmt::join(demo->output().all(), "\n"));
  EXPECT_EQ(demo->wait_until(monotonic_now() + seconds(30)), (cli::Ending{false, 0}));
  EXPECT_EQ(folders_in(folder.folder("tmp")), 0U);
}

TEST(Demo, LeavesNothingBehindWhenItIsInterrupted) {
  TempDir folder;
  const auto demo = start_demo(folder.folder("tmp"));
  const auto runs = [](const std::string& line) { return line.find("messages:") != std::string::npos; };
  ASSERT_TRUE(demo->output().wait_for(runs, monotonic_now() + seconds(60)).has_value());
  ASSERT_EQ(folders_in(folder.folder("tmp")), 1U);
  demo->signal(SIGINT);
  EXPECT_EQ(demo->wait_until(monotonic_now() + seconds(30)), (cli::Ending{false, 1}));
  EXPECT_EQ(folders_in(folder.folder("tmp")), 0U);
}

}  // namespace
}  // namespace sluice::testing
