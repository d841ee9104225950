#include "core/count_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace heed {
namespace {

TEST(CountText, GroupsDigitsByThrees) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(-123456), "-123,456");
  EXPECT_EQ(count_text(std::numeric_limits<int64_t>::max()), "9,223,372,036,854,775,807");
}

}  // namespace
}  // namespace heed
