#include "broker/access/access_rules.h"

#include <gtest/gtest.h>

namespace sluice::access {
namespace {

AccessRules rules(const std::vector<Rights>& rights) {
  auto made = AccessRules::make(rights);
  EXPECT_TRUE(made) << made.error().text;
  return made ? std::move(*made) : AccessRules();
}

constexpr Who kAlice{"alice", "client-1"};
constexpr Who kNobody{"", "client-2"};

TEST(AccessRules, LetEverybodyDoEverythingWhenThereAreNone) {
  const auto none = rules({});
  EXPECT_TRUE(none.may_publish(kNobody, "a"));
  EXPECT_TRUE(none.may_subscribe(kAlice, "#"));
  EXPECT_TRUE(none.may_receive(kAlice, "a"));
}

TEST(AccessRules, AllowNothingToWhoIsNotNamedOnceThereAreSome) {
  const auto some = rules({{"bob", {"#"}, {"#"}}});
  EXPECT_FALSE(some.may_publish(kAlice, "a"));
  EXPECT_FALSE(some.may_subscribe(kAlice, "a"));
  EXPECT_FALSE(some.may_receive(kNobody, "a"));
}

TEST(AccessRules, TellReadingFromWriting) {
  const auto some = rules({{"alice", {"plant/#"}, {"plant/+/set"}}});
  EXPECT_TRUE(some.may_publish(kAlice, "plant/pump/set"));
  EXPECT_FALSE(some.may_publish(kAlice, "plant/pump"));
  EXPECT_TRUE(some.may_subscribe(kAlice, "plant/#"));
  EXPECT_TRUE(some.may_subscribe(kAlice, "plant/+/flow"));
  EXPECT_TRUE(some.may_receive(kAlice, "plant"));
  EXPECT_FALSE(some.may_subscribe(kAlice, "#"));
  EXPECT_FALSE(some.may_subscribe(kAlice, "+/pump"));
  EXPECT_FALSE(some.may_receive(kAlice, "office/pump"));
}

TEST(AccessRules, ServeWhoHasNoNameAsAnonymous) {
  const auto some = rules({{"anonymous", {"public/#"}, {}}, {"alice", {}, {"a"}}});
  EXPECT_TRUE(some.may_subscribe(kNobody, "public/news"));
  EXPECT_FALSE(some.may_subscribe(kAlice, "public/news"));
  EXPECT_FALSE(some.may_publish(kNobody, "public/news"));
}

TEST(AccessRules, TakeAwayBeforeTheyGiveWhateverTheOrder) {
  for (const auto& filters : {std::vector<std::string>{"#", "!secret/#"}, {"!secret/#", "#"}}) {
    const auto some = rules({{"alice", filters, filters}});
    EXPECT_TRUE(some.may_publish(kAlice, "open/a"));
    EXPECT_FALSE(some.may_publish(kAlice, "secret/a"));
    EXPECT_FALSE(some.may_receive(kAlice, "secret"));
    EXPECT_TRUE(some.may_subscribe(kAlice, "open/#"));
    EXPECT_FALSE(some.may_subscribe(kAlice, "secret/a"));
    EXPECT_FALSE(some.may_subscribe(kAlice, "#"));
    EXPECT_FALSE(some.may_subscribe(kAlice, "+/a"));
    EXPECT_TRUE(some.may_subscribe(kAlice, "open/+"));
  }
}

TEST(AccessRules, FillInNameAndClientId) {
  const auto some = rules({{"alice", {"users/%u/#"}, {"clients/%c/up", "prefix-%u-%c"}}});
  EXPECT_TRUE(some.may_subscribe(kAlice, "users/alice/#"));
  EXPECT_FALSE(some.may_subscribe(kAlice, "users/bob/#"));
  EXPECT_FALSE(some.may_subscribe(kAlice, "users/+/x"));
  EXPECT_TRUE(some.may_publish(kAlice, "clients/client-1/up"));
  EXPECT_FALSE(some.may_publish(kAlice, "clients/client-2/up"));
  EXPECT_TRUE(some.may_publish(kAlice, "prefix-alice-client-1"));
}

TEST(AccessRules, NeverTakeANameForAWildcard) {
  for (const auto* name : {"+", "#", "a/b", "a+", ""}) {
    SCOPED_TRACE(name);
    const auto some = rules({{"alice", {"clients/%c/#"}, {"clients/%c"}}});
    const Who who{"alice", name};
    EXPECT_FALSE(some.may_subscribe(who, "clients/x/#"));
    EXPECT_FALSE(some.may_subscribe(who, "clients/" + std::string(name)));
    EXPECT_FALSE(some.may_publish(who, "clients/x"));
    EXPECT_FALSE(some.may_publish(who, "clients/a/b"));
    EXPECT_FALSE(some.may_publish(who, "clients/"));
  }
}

TEST(AccessRules, TakeEverythingAwayFromANameThatCannotBeFilledIn) {
  const auto some = rules({{"alice", {}, {"#", "!private/%c"}}});
  EXPECT_TRUE(some.may_publish({"alice", "c"}, "private/d"));
  EXPECT_FALSE(some.may_publish({"alice", "c"}, "private/c"));
  EXPECT_FALSE(some.may_publish({"alice", "#"}, "private/d"));
}

TEST(AccessRules, JudgeASharedSubscriptionByItsFilter) {
  const auto some = rules({{"alice", {"plant/#"}, {}}});
  EXPECT_TRUE(some.may_subscribe(kAlice, "$share/group/plant/+"));
  EXPECT_FALSE(some.may_subscribe(kAlice, "$share/plant/office/+"));
  EXPECT_FALSE(some.may_subscribe(kAlice, "$share/plant"));
}

TEST(AccessRules, KeepWildcardsAwayFromTopicsOfTheBrokerItself) {
  const auto some = rules({{"alice", {"#"}, {"#"}}, {"bob", {"$SYS/#"}, {}}});
  EXPECT_FALSE(some.may_subscribe(kAlice, "$SYS/broker/uptime"));
  EXPECT_FALSE(some.may_publish(kAlice, "$SYS/broker/uptime"));
  EXPECT_TRUE(some.may_subscribe({"bob", "b"}, "$SYS/broker/#"));
  EXPECT_FALSE(some.may_subscribe({"bob", "b"}, "#"));
}

TEST(AccessRules, RefuseFiltersThatAreNone) {
  for (const auto* filter : {"", "!", "a/#/b", "a+", "!#a"}) {
    const auto made = AccessRules::make({{"alice", {filter}, {}}});
    ASSERT_FALSE(made) << filter;
    EXPECT_EQ(made.error().kind, ErrorKind::invalid);
    EXPECT_NE(made.error().text.find("alice"), std::string::npos);
    EXPECT_FALSE(AccessRules::make({{"alice", {}, {filter}}})) << filter;
  }
  EXPECT_FALSE(AccessRules::make({{"alice", {"a"}, {}}, {"alice", {"b"}, {}}}));
}

}  // namespace
}  // namespace sluice::access
