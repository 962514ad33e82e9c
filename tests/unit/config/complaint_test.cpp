#include "gateway/config/complaint.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

Place at(const char* file, std::uint32_t line, std::uint32_t column) {
  return {std::make_shared<const std::string>(file), line, column};
}

TEST(Complaints, AreSortedByPlaceWithinTheirFile) {
  Complaints complaints;
  complaints.add(at("a.yaml", 9, 1), "x.y", "late");
  complaints.add(at("b.yaml", 1, 1), "", "other file");
  complaints.add(at("a.yaml", 2, 7), "x", "early");
  complaints.add(at("a.yaml", 0, 0), "", "whole file");

  const std::vector<std::string> expected{"a.yaml: whole file", "a.yaml:2:7: x: early", "a.yaml:9:1: x.y: late",
                                          "b.yaml:1:1: other file"};
  EXPECT_EQ(complaints.lines(), expected);
}

TEST(Complaints, SayTheSameOfOnePlaceOnceUnderItsFirstKey) {
  Complaints complaints;
  complaints.add(at("a.yaml", 2, 7), "defaults.every", "wrong");
  complaints.add(at("a.yaml", 2, 7), "devices.x.every", "wrong");
  complaints.add(at("a.yaml", 2, 7), "devices.x.every", "also wrong");
  EXPECT_EQ(complaints.count(), 2u);
  EXPECT_EQ(complaints.lines()[0], "a.yaml:2:7: defaults.every: wrong");
}

TEST(Complaints, MakeAnErrorThatIsAboutTheFiles) {
  Complaints complaints;
  complaints.add(at("a.yaml", 1, 1), "k", "one");
  complaints.add(at("a.yaml", 2, 1), "k", "two");
  EXPECT_EQ(complaints.error().text, "a.yaml:1:1: k: one\na.yaml:2:1: k: two");
  EXPECT_EQ(complaints.error().kind, ErrorKind::invalid);
}

TEST(NearestName, FindsWhatWasMeant) {
  constexpr std::string_view kKnown[] = {"address", "unit", "mapping", "every"};
  EXPECT_EQ(nearest_name("adress", kKnown), "address");
  EXPECT_EQ(nearest_name("maping", kKnown), "mapping");
  EXPECT_EQ(nearest_name("evrey", kKnown), "every");
  EXPECT_EQ(nearest_name("unti", kKnown), "unit");
  EXPECT_EQ(nearest_name("temperature", kKnown), "");
  EXPECT_EQ(nearest_name("", kKnown), "");
}

}  // namespace
}  // namespace sluice::config
