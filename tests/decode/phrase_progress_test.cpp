#include "decode/phrase_progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PhraseProgress after(const PhraseProgress::Phrases& phrases, const std::vector<int64_t>& tokens) {
  PhraseProgress progress(phrases);
  for (const int64_t token : tokens) progress.advance(token);
  return progress;
}

TEST(PhraseProgress, CountsWhatIsThereInAnyOrder) {
  const PhraseProgress::Phrases phrases = {{1, 2, 3}, {7}};
  EXPECT_EQ(after(phrases, {}).num_missing(), 4);
  EXPECT_THAT(after(phrases, {}).next_tokens(), ElementsAre(1, 7));
  EXPECT_EQ(after(phrases, {9, 7, 9}).num_met(), 1);
  EXPECT_THAT(after(phrases, {9, 7, 9}).next_tokens(), ElementsAre(1));
  EXPECT_THAT(after(phrases, {7, 1, 2}).next_tokens(), ElementsAre(3));
  EXPECT_EQ(after(phrases, {7, 1, 2, 3}).num_missing(), 0);
  EXPECT_THAT(after(phrases, {1, 2, 3, 7}).next_tokens(), IsEmpty());
}

TEST(PhraseProgress, BeginsAnewWhereAPhraseBreaksOff) {
  const PhraseProgress::Phrases phrases = {{1, 2, 3}, {7}};
  EXPECT_EQ(after(phrases, {1, 2, 9}).num_met(), 0);
  EXPECT_EQ(after(phrases, {1, 2, 1}).num_met(), 1);
  EXPECT_THAT(after(phrases, {1, 2, 1}).next_tokens(), ElementsAre(2));
  EXPECT_EQ(after(phrases, {1, 2, 7}).num_met(), 1);
}

TEST(PhraseProgress, TakesTheOtherPhraseThatBeginsAlike) {
  const PhraseProgress::Phrases phrases = {{1, 2, 3}, {1, 4}, {1, 2, 5}};
  EXPECT_EQ(after(phrases, {1, 4}).num_missing(), 6);
  EXPECT_EQ(after(phrases, {1, 2, 5}).num_missing(), 5);
  EXPECT_EQ(after(phrases, {1, 2, 5, 1, 2, 3, 1, 4}).num_missing(), 0);
}

TEST(PhraseProgress, WantsAPhraseAsOftenAsItIsAskedFor) {
  const PhraseProgress::Phrases phrases = {{1, 1}, {1, 1}};
  EXPECT_EQ(after(phrases, {1, 1, 1}).num_missing(), 1);
  EXPECT_EQ(after(phrases, {1, 1, 1, 1}).num_missing(), 0);
}

}  // namespace
}  // namespace heed
