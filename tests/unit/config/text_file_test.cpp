#include "gateway/config/text_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace sluice::config {
namespace {

namespace fs = std::filesystem;

class TextFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "sluice-file-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

TEST_F(TextFile, IsReadThroughASymbolicLink) {
  std::ofstream(folder_ / "real") << "text";
  fs::create_symlink(folder_ / "real", folder_ / "link");
  EXPECT_EQ(*read_text_file(folder_ / "link"), "text");
}

TEST_F(TextFile, IsNoFifoNoDirectoryAndNoDevice) {
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_text_file(folder_ / "fifo").error().text, "is no regular file");
  EXPECT_EQ(read_text_file(folder_).error().text, "is no regular file");
  EXPECT_EQ(read_text_file("/dev/zero").error().text, "is no regular file");
  EXPECT_FALSE(read_text_file(folder_ / "absent"));
}

TEST_F(TextFile, IsRefusedWhenItIsTooLong) {
  std::ofstream(folder_ / "long") << std::string(100, 'x');
  EXPECT_TRUE(read_text_file(folder_ / "long", 100));
  EXPECT_FALSE(read_text_file(folder_ / "long", 99));
}

}  // namespace
}  // namespace sluice::config
