#include "config/nearest_key.h"

#include <gtest/gtest.h>

#include <string>

namespace heed {
namespace {

const std::vector<std::string_view> kKeys = {"dropout", "d_model", "d_ff", "num_heads", "norm"};

TEST(NearestKey, CountsInsertionDeletionSubstitutionAndSwapAsOneMistake) {
  for (const char* word : {"num_headss", "num_head", "num_hears", "num_haeds"})
    EXPECT_EQ(nearest(word, kKeys), "num_heads");
}

TEST(NearestKey, AThirdOfTheWordMayBeWrongAndNoMore) {
  EXPECT_EQ(nearest("xxx_heads", kKeys), "num_heads");
  EXPECT_EQ(nearest("xxxxheads", kKeys), "");
  EXPECT_EQ(nearest("nrm", kKeys), "norm");
  EXPECT_EQ(nearest("nm", kKeys), "");
}

TEST(NearestKey, TheNearerAndThenTheEarlierWins) {
  EXPECT_EQ(nearest("d_mf", {"d_m", "d_mff", "d_mf"}), "d_mf");
  EXPECT_EQ(nearest("d_mf", {"d_mff", "d_m"}), "d_mff");
}

TEST(NearestKey, NothingResemblesAnEmptyOrAnEndlessWord) {
  EXPECT_EQ(nearest("", kKeys), "");
  EXPECT_EQ(nearest("", {"a"}), "");
  EXPECT_EQ(nearest(std::string(1'000'000, 'd'), kKeys), "");
}

}  // namespace
}  // namespace heed
