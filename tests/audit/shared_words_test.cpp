#include "audit/shared_words.h"

#include <gtest/gtest.h>

namespace heed {
namespace {

bool share(const std::string& source, const std::string& target) {
  SharedWords words;
  words.add(source, target);
  return words.at(0, 0);
}

TEST(SharedWords, AreNamesNumbersAndLongWords) {
  EXPECT_TRUE(share("We met Peter.", "Wir trafen peter!"));
  EXPECT_TRUE(share("in 7 days", "7 Tage"));
  EXPECT_TRUE(share("das Mädchen da", "(Mädchen)"));
  EXPECT_FALSE(share("the old man", "the new man"));  // short words say little
  EXPECT_FALSE(share("Peter", "Petersburg"));
  EXPECT_FALSE(share("", ""));
}

TEST(SharedWords, AreLookedForInNeighboursToo) {
  SharedWords words;
  for (const char* line : {"zero", "first", "second", "third", "fourth", "fifth"}) {
    const std::string target = std::string(line) == "fourth" ? "first" : "none";
    words.add(line, target);
  }
  for (int64_t pair = 0; pair < 6; ++pair)
    for (int shift = -kMostShift; shift <= kMostShift; ++shift)
      EXPECT_EQ(words.at(pair, shift), pair == 1 && shift == 3) << pair << " " << shift;
}

TEST(SharedWords, OfEarlierTargetsCount) {
  SharedWords words;
  for (const char* target : {"alpha", "none", "none"}) words.add("nothing", target);
  words.add("alpha", "none");
  EXPECT_TRUE(words.at(3, -3));
  EXPECT_FALSE(words.at(3, -2));
}

}  // namespace
}  // namespace heed
