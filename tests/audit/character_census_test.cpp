#include "audit/character_census.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/piece_tokenizers.h"

namespace heed {
namespace {

using ::testing::IsEmpty;

TEST(CharacterCensus, NamesWhatTheTokenizerDoesNotKnow) {
  const Tokenizers tokenizers = testing::piece_tokenizers(true);
  CharacterCensus census;
  census.add("ba ko", 0);
  census.add("ba 犬ü犬", 1);
  census.add("Ω ba 犬", 2);
  const auto outside = census.outside(*tokenizers.source);
  ASSERT_EQ(outside.size(), 2u);
  EXPECT_EQ(outside[0].character, U'犬');
  EXPECT_EQ(outside[0].count, 3);
  EXPECT_EQ(outside[0].first_pair, 1);
  EXPECT_EQ(outside[1].character, U'Ω');
  EXPECT_EQ(outside[1].first_pair, 2);
}

TEST(CharacterCensus, OfATokenizerOfWordsIsEmpty) {
  CharacterCensus census;
  census.add("犬", 0);
  const Tokenizer words = Tokenizer::from_tokens(Vocabulary({"<pad>", "<unk>", "<s>", "</s>", "a"}, {}, "words"));
  EXPECT_THAT(census.outside(words), IsEmpty());
}

}  // namespace
}  // namespace heed
