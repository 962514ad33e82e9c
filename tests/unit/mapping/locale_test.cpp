// Where a decimal comma is the custom, everything reads and prints as anywhere else.
#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <locale>

#include "gateway/base/json.h"
#include "gateway/config/scalar.h"
#include "gateway/config/yaml.h"
#include "gateway/mapping/convert.h"

namespace sluice::mapping {
namespace {

namespace fs = std::filesystem;

struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

/// A German locale for C and C++, built on the spot: few machines that test have one.
class DecimalComma : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "sluice-locale-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    const auto command = "localedef -i de_DE -f UTF-8 " + (folder_ / "de_DE.UTF-8").native();
    ASSERT_EQ(std::system(command.c_str()), 0) << "the package `locales` is missing";
    ::setenv("LOCPATH", folder_.c_str(), 1);
    ASSERT_NE(std::setlocale(LC_ALL, "de_DE.UTF-8"), nullptr);
    before_ = std::locale::global(std::locale(std::locale::classic(), new Comma));
    // The C++ call sets the C locale back to "C" where the C++ one has no name of C's.
    ASSERT_NE(std::setlocale(LC_ALL, "de_DE.UTF-8"), nullptr);
    ASSERT_STREQ(std::localeconv()->decimal_point, ",");
  }
  void TearDown() override {
    std::locale::global(before_);
    std::setlocale(LC_ALL, "C");
    ::unsetenv("LOCPATH");
    fs::remove_all(folder_);
  }

  fs::path folder_;
  std::locale before_;
};

TEST_F(DecimalComma, ChangesNoNumberThatIsReadOrPrinted) {
  EXPECT_EQ(config::parse_decimal("0.1"), (config::Decimal{1, -1}));
  EXPECT_EQ(config::parse_decimal("0.1")->to_double(), 0.1);
  EXPECT_FALSE(config::parse_decimal("0,1"));
  EXPECT_EQ(std::get<double>(json::parse("230.25")->is), 230.25);
  EXPECT_EQ(to_text(Value(1234567.25)), "1234567.25");

  Meaning meaning;
  meaning.scale = {1, -1};
  EXPECT_EQ(to_text(interpret(meaning, std::uint64_t{123456}).value), "12345.6");
  EXPECT_EQ(to_iso8601(WallTime{}), "1970-01-01T00:00:00.000Z");
}

TEST_F(DecimalComma, ChangesNoPlaceInAComplaint) {
  config::Complaints complaints;
  std::string text(1200, '\n');
  text += "a: 1\na: 2\n";
  config::parse_yaml(text, "f", complaints);
  EXPECT_EQ(complaints.lines()[0],
            "f:1202:1: a: stands here twice, first in line 1201 column 1; one of them has to go");
}

}  // namespace
}  // namespace sluice::mapping
