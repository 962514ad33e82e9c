#include "gateway/config/secret_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "gateway/config/yaml.h"

namespace sluice::config {
namespace {

namespace fs = std::filesystem;

class SecretSource : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "sluice-secret-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& text, mode_t mode) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::optional<Secret> read(const std::string& yaml) {
    complaints_ = {};
    const auto root = parse_yaml("password: " + yaml, (folder_ / "site.yaml").native(), complaints_);
    MapReader map(*root, "", complaints_);
    return read_secret(map, "password", folder_, complaints_);
  }

  std::string complaint() { return complaints_.empty() ? "" : complaints_.lines()[0]; }

  fs::path folder_;
  Complaints complaints_;
};

TEST_F(SecretSource, IsAPrivateFileBesideTheFileThatNamesIt) {
  write("private", "s3cret\n", 0600);
  EXPECT_EQ(read("{ file: ./private }")->reveal(), "s3cret");
}

TEST_F(SecretSource, IsNoFileThatOthersCanRead) {
  write("public", "s3cret", 0640);
  EXPECT_FALSE(read("{ file: ./public }"));
  EXPECT_NE(complaint().find("mode 0600"), std::string::npos);
}

TEST_F(SecretSource, IsACredentialByName) {
  write("cloud", "from-the-manager", 0440);
  EXPECT_EQ(read("{ credential: cloud }")->reveal(), "from-the-manager");
  EXPECT_FALSE(read("{ credential: ../cloud }"));
}

TEST_F(SecretSource, IsNeverTheTextItselfWhichIsNotRepeated) {
  EXPECT_FALSE(read("hunter2"));
  EXPECT_EQ(complaint().find("hunter2"), std::string::npos);
  EXPECT_NE(complaint().find("mode 0600"), std::string::npos);
}

TEST_F(SecretSource, IsNeverEmpty) {
  write("empty", "\n", 0600);
  EXPECT_FALSE(read("{ file: ./empty }"));
}

}  // namespace
}  // namespace sluice::config
