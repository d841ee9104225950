#include "eval/alignment_error.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace heed {
namespace {

double rate_of(const std::vector<AlignmentLinks>& found, const std::vector<AlignmentLinks>& sure) {
  AlignmentErrorRate rate;
  for (size_t i = 0; i < sure.size(); ++i) rate.add(found[i], sure[i]);
  return rate.value();
}

TEST(AlignmentErrorRate, IsOneMinusTwiceTheCommonLinksOverAll) {
  const std::vector<AlignmentLinks> sure = {{{0, 0}, {1, 2}}, {{0, 0}}};
  EXPECT_DOUBLE_EQ(rate_of(sure, sure), 0);
  EXPECT_DOUBLE_EQ(rate_of({{{5, 5}}, {}}, sure), 1);
  // 2 of 3 links right, 3 wanted: 1 - 2 * 2 / 6
  EXPECT_DOUBLE_EQ(rate_of({{{0, 0}, {1, 1}}, {{0, 0}}}, sure), 1.0 / 3);
}

TEST(AlignmentErrorRate, WithoutALinkThereIsNone) { EXPECT_THROW(rate_of({{}}, {{}}), DataError); }

TEST(Pharaoh, LinksAreReadAndRubbishIsPlaced) {
  EXPECT_EQ(parse_pharaoh("0-0 12-3  1-2 ", "a:1"), (AlignmentLinks{{0, 0}, {12, 3}, {1, 2}}));
  EXPECT_TRUE(parse_pharaoh("", "a:1").empty());
  for (const char* bad : {"1", "1-", "-1", "a-b", "1-2x", "1--2", "1-2,3-4", "99999999999-1"}) {
    try {
      parse_pharaoh(bad, "a:7");
      ADD_FAILURE() << bad;
    } catch (const DataError& error) {
      EXPECT_EQ(std::string(error.what()), std::string("a:7: expected links such as '0-0 1-2', found '") + bad + "'");
    }
  }
}

}  // namespace
}  // namespace heed
