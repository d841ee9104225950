#include "config/nearest_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace heed {
namespace {

const std::vector<std::string_view> kKeys = {"dropout", "d_model", "d_ff", "num_heads", "norm"};

TEST(NearestKey, CountsInsertionDeletionSubstitutionAndSwapAsOneMistake) {
  for (const char* word : {"num_headss", "num_head", "num_hears", "num_haeds"})
    EXPECT_EQ(nearest(word, kKeys), "num_heads");
}

TEST(NearestKey, AThirdOfEachWordMayBeWrongAndNoMore) {
  EXPECT_EQ(nearest("num_haeds", kKeys), "num_heads");
  EXPECT_EQ(nearest("num_hxxds", kKeys), "");
  EXPECT_EQ(nearest("learning_rate", {"lxarnxng_rate", "xxarxing_rate"}), "lxarnxng_rate");
  EXPECT_EQ(nearest("learning_rate", {"xxarxing_rate"}), "");
  EXPECT_EQ(nearest("nrm", kKeys), "norm");
  EXPECT_EQ(nearest("nm", kKeys), "");
}

// The right word in the wrong place misleads more than none.
TEST(NearestKey, AnotherWordIsNoSlip) {
  EXPECT_EQ(nearest("gpu", {"cpu"}), "");
  EXPECT_EQ(nearest("min_length", {"max_length"}), "");
  EXPECT_EQ(nearest("pug", {"gpu"}), "");
  EXPECT_EQ(nearest("bep", {"bpe"}), "bpe");
  EXPECT_EQ(nearest("cp", {"cpu"}), "cpu");
}

TEST(NearestKey, CapitalsAndDashesAreNoMistakes) {
  EXPECT_EQ(nearest("Num-Heads", kKeys), "num_heads");
  EXPECT_EQ(nearest("n_best", {"nbest", "n-best"}), "n-best");
}

TEST(NearestKey, AnAbbreviationStandsForTheOnlyNameThatItBegins) {
  const std::vector<std::string_view> keys = {"max_length", "num_encoder_layers", "num_decoder_layers", "decode"};
  EXPECT_EQ(nearest("max_len", keys), "max_length");
  EXPECT_EQ(nearest("n_enc_layers", keys), "num_encoder_layers");
  EXPECT_EQ(nearest("dec", keys), "decode");
  EXPECT_EQ(nearest("n_d_l", keys), "num_decoder_layers");
  EXPECT_EQ(nearest("d", keys), "");
  EXPECT_EQ(nearest("dec", {"decode", "decoder"}), "");
  EXPECT_EQ(nearest("max_", keys), "");
}

TEST(NearestKey, PartsOfNamesAreWholeWords) {
  const std::vector<std::string_view> keys = {"num_heads", "num_encoder_layers", "num_decoder_layers", "headstrong"};
  EXPECT_THAT(containing("heads", keys), testing::ElementsAre("num_heads"));
  EXPECT_THAT(containing("layers", keys), testing::ElementsAre("num_encoder_layers", "num_decoder_layers"));
  EXPECT_THAT(containing("encoder_layers", keys), testing::ElementsAre("num_encoder_layers"));
  EXPECT_THAT(containing("num", keys), testing::IsEmpty());  // too many to name
  EXPECT_THAT(containing("num_layers", keys), testing::IsEmpty());
  EXPECT_THAT(containing("", keys), testing::IsEmpty());
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
