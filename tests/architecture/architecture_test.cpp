// The tree against its own rules, and the rules against small trees that break them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/architecture/include_table.h"
#include "tests/architecture/tree_rules.h"

namespace sluice::architecture {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SLUICE_SOURCE_DIR;

/// A source tree in a temporary folder.
class PlantedTree {
 public:
  PlantedTree() {
    std::string name = (fs::temp_directory_path() / "sluice-tree-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~PlantedTree() { fs::remove_all(root_); }
  PlantedTree(const PlantedTree&) = delete;
  PlantedTree& operator=(const PlantedTree&) = delete;

  PlantedTree& plant(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
    return *this;
  }
  const fs::path& root() const { return root_; }

 private:
  fs::path root_;
};

IncludeTable table_of(const std::string& text) {
  std::istringstream stream(text);
  return read_include_table(stream).value();
}

const IncludeTable kSmallTable = table_of(
    "[folders]\n"
    "low:\n"
    "high: low  # a reason\n"
    "side: low/one.h\n"
    "many/*: low\n"
    "installed: ./\n"
    "[doors]\n"
    "SQLite: sqlite3.h : low/door.cpp\n"
    "Asio: boost/* : high\n"
    "[platform]\n"
    "sys/* unistd.h\n");

using Lines = Complaints;

TEST(SourceTree, IncludesOnlyWhatTheTableAllows) {
  std::ifstream file(kRoot / "tests/architecture/include_table.txt");
  const auto table = read_include_table(file);
  ASSERT_TRUE(table.ok()) << table.error().text;
  EXPECT_EQ(check_includes(kRoot, *table), Lines{});
}

TEST(SourceTree, ExplainsEachFolder) { EXPECT_EQ(check_readmes(kRoot), Lines{}); }

TEST(SourceTree, NamesNoMachine) {
  const std::string slash = "/";
  EXPECT_EQ(check_absent(kRoot, {slash + "work/", slash + "home/", slash + "root/", slash + "Users/"}), Lines{});
}

TEST(SourceTree, SkipsNoTest) {
  const std::string gtest = "GTEST";
  EXPECT_EQ(check_absent(kRoot / "tests", {gtest + "_SKIP", std::string("DISABLED") + "_"}), Lines{});
}

TEST(IncludeRules, AllowTheOwnFolderTheTableTheLanguageAndThePlatform) {
  PlantedTree tree;
  tree.plant("low/one.h", "#include <vector>\n#include <sys/socket.h>\n#include <unistd.h>\n");
  tree.plant("low/two.h", "#include \"low/one.h\"\n");
  tree.plant("high/three.cpp", "#include \"low/one.h\"\n#include <boost/asio/ip/tcp.hpp>\n");
  tree.plant("side/four.cpp", "#include \"low/one.h\"\n");
  tree.plant("low/door.cpp", "#include <sqlite3.h>\n");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable), Lines{});
}

TEST(IncludeRules, NameTheLineOfAnIncludeAgainstTheDirection) {
  PlantedTree tree;
  tree.plant("high/one.h", "");
  tree.plant("low/two.cpp", "\n  #  include \"high/one.h\"\n");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable),
            Lines{"low/two.cpp:2: low may not include \"high/one.h\", only: "});
}

TEST(IncludeRules, AllowOneFileWithoutItsFolder) {
  PlantedTree tree;
  tree.plant("low/two.h", "");
  tree.plant("side/four.cpp", "#include \"low/two.h\"\n");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable),
            Lines{"side/four.cpp:1: side may not include \"low/two.h\", only: low/one.h"});
}

TEST(IncludeRules, KeepNeighboursOfOnePatternApart) {
  PlantedTree tree;
  tree.plant("many/a/one.h", "");
  tree.plant("many/b/two.cpp", "#include \"many/a/one.h\"\n");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable),
            Lines{"many/b/two.cpp:1: many/b may not include \"many/a/one.h\", only: low"});
}

TEST(IncludeRules, KeepALibraryBehindItsDoor) {
  PlantedTree tree;
  tree.plant("low/other.cpp", "// why\n#include <sqlite3.h>\n");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable),
            Lines{"low/other.cpp:2: <sqlite3.h> of SQLite may be included only in: low/door.cpp"});
}

TEST(IncludeRules, RefuseALibraryThatNobodyDecidedFor) {
  PlantedTree tree;
  tree.plant("low/one.cpp", "#include <curl/curl.h>\n");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable),
            Lines{"low/one.cpp:1: <curl/curl.h> belongs to no library that the include table knows"});
}

TEST(IncludeRules, RefuseAPathThatDoesNotStartAtTheRoot) {
  PlantedTree tree;
  tree.plant("low/one.h", "");
  tree.plant("low/two.cpp", "#include \"one.h\"\n");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable),
            Lines{"low/two.cpp:1: \"one.h\" is no file, seen from the root of the tree"});
}

TEST(IncludeRules, AllowNamesWithoutAFolderWhereThatIsInstalledByItself) {
  PlantedTree tree;
  tree.plant("installed/one.h", "");
  tree.plant("installed/two.h", "#include \"one.h\"\n#include \"none.h\"\n");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable),
            Lines{"installed/two.h:2: \"none.h\" is no file, seen from the root of the tree"});
}

TEST(IncludeRules, RefuseAFolderThatIsNotInTheTable) {
  PlantedTree tree;
  tree.plant("new/one.cpp", "");
  tree.plant("build/made.cpp", "");
  tree.plant(".hidden/made.cpp", "");
  EXPECT_EQ(check_includes(tree.root(), kSmallTable),
            Lines{"new/one.cpp:1: the include table has no row for this folder"});
}

TEST(IncludeTable, RefusesALineThatItCannotRead) {
  std::istringstream text("[folders]\nlow:\nhigh low\n");
  const auto table = read_include_table(text);
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().text, "line 3: not a line of section [folders]");
}

TEST(ReadmeRule, NamesTheFoldersWithoutOne) {
  PlantedTree tree;
  tree.plant("README.md", "").plant("part/inner/file.cpp", "").plant("part/README.md", "");
  tree.plant("tests/CMakeLists.txt", "").plant("tests/unit/file.cpp", "");
  EXPECT_EQ(check_readmes(tree.root()), (Lines{"part/inner/README.md:1: is missing", "tests/README.md:1: is missing"}));
}

TEST(ReadmeRule, AppliesToTheRoot) {
  PlantedTree tree;
  tree.plant("file.txt", "");
  EXPECT_EQ(check_readmes(tree.root()), Lines{"README.md:1: is missing"});
}

TEST(WordRule, NamesEachLineThatHoldsAWord) {
  PlantedTree tree;
  tree.plant("a/b.md", "fine\nsee /tree/of/mine\n");
  EXPECT_EQ(check_absent(tree.root(), {"/tree/"}), Lines{"a/b.md:2: mentions /tree/"});
}

}  // namespace
}  // namespace sluice::architecture
