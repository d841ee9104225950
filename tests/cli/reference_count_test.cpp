#include "cli/reference_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

using ::testing::ElementsAre;

ScoredTexts taken(ReferenceCount& count, ScoredTexts line) {
  count.take(line, 2);
  return line;
}

TEST(ReferenceCount, AnEmptyLineIsAReferenceUnlessTheyAreOptional) {
  ReferenceCount all(false), optional(true);
  EXPECT_THAT(taken(all, {"", "h", "", "r"}), ElementsAre("", "h", "", "r"));
  EXPECT_THAT(taken(optional, {"", "h", "", "r"}), ElementsAre("", "h", "r"));
  EXPECT_THAT(taken(optional, {"", "h", "q", " \u3000"}), ElementsAre("", "h", "q"));
  EXPECT_EQ(all.text(), "2");
  EXPECT_EQ(optional.text(), "1");
}

TEST(ReferenceCount, OfALineWithoutAnyOneStays) {
  ReferenceCount optional(true);
  EXPECT_THAT(taken(optional, {"h", "h", "", " "}), ElementsAre("h", "h", " "));
}

TEST(ReferenceCount, VariesWhereLinesDiffer) {
  ReferenceCount optional(true);
  taken(optional, {"h", "h", "q", "r"});
  EXPECT_EQ(optional.text(), "2");
  taken(optional, {"h", "h", "q", ""});
  EXPECT_EQ(optional.text(), "var");
}

}  // namespace
}  // namespace heed
