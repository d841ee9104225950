#include "report/attention_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "core/error.h"
#include "report/sample_attention.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

// Source "ab c" in pieces a+b, c; target one word in two pieces.
AttentionView two_words() {
  AttentionView view;
  view.source = {{"\u2581a", "b", "\u2581c", "</s>"}, {0, 0, 1, -1}};
  view.target = {{"\u2581x", "y", "</s>"}, {0, 0, -1}};
  view.maps = {{{AttentionKind::kCross, 1, 1}, 3, 4, {.1f, .2f, .3f, .4f, .5f, .1f, .4f, 0, 0, 0, 0, 1}}};
  return view;
}

TEST(AttentionView, WordsSumTheirPiecesAsKeysAndAverageThemAsQueries) {
  const AttentionView words = merge_to_words(two_words());
  EXPECT_EQ(words.source, (AttentionAxis{{"ab", "c", "</s>"}, {0, 1, -1}}));
  EXPECT_EQ(words.target, (AttentionAxis{{"xy", "</s>"}, {0, -1}}));
  ASSERT_EQ(words.maps.size(), 1u);
  EXPECT_EQ(words.maps[0].rows, 2);
  EXPECT_EQ(words.maps[0].columns, 3);
  EXPECT_THAT(words.maps[0].weights, ElementsAre(FloatEq(.45f), FloatEq(.35f), FloatEq(.2f), 0, 0, 1));
}

TEST(AttentionView, RowsOfWordsSumToOneWhereRowsOfPiecesDo) {
  for (const int words : {0, 1, 7, 33}) {
    const AttentionView view = merge_to_words(sample_attention(words));
    EXPECT_EQ(view.source.tokens.size(), static_cast<size_t>(words) + 1);
    EXPECT_EQ(view.target_input.tokens.size(), static_cast<size_t>(words) + 1);
    for (const AttentionMap& map : view.maps)
      for (int64_t row = 0; row < map.rows; ++row) {
        double sum = 0;
        for (int64_t column = 0; column < map.columns; ++column)
          sum += map.weights[static_cast<size_t>(row * map.columns + column)];
        EXPECT_NEAR(sum, 1, 1e-6);
      }
  }
}

TEST(AttentionView, TokensWithoutAWordAreNeverMerged) {
  AttentionView view;
  view.source = {{"<a>", "<b>", "\u2581", "</s>"}, {-1, -1, 0, -1}};
  EXPECT_EQ(merge_to_words(view).source, view.source);  // and a mark alone stays, for there is nothing else to show
}

TEST(AttentionView, MergingWordsAgainChangesNothing) {
  const AttentionView once = merge_to_words(sample_attention(9)), twice = merge_to_words(once);
  EXPECT_EQ(twice.target, once.target);
  for (size_t i = 0; i < once.maps.size(); ++i) EXPECT_EQ(twice.maps[i].weights, once.maps[i].weights);
}

TEST(AttentionView, AveragesOverHeadsOverLayersOrOverBoth) {
  AttentionView view;
  view.source = {{"a"}, {0}};
  view.target = {{"b"}, {0}};
  for (const auto& [layer, head, weight] : {std::tuple{1, 1, .1f}, {1, 2, .3f}, {2, 1, .5f}, {2, 2, .9f}})
    view.maps.push_back({{AttentionKind::kCross, layer, head}, 1, 1, {weight}});
  view.maps.push_back({{AttentionKind::kEncoderSelf, 1, 1}, 1, 1, {1}});
  const auto weight = [&](int layer, int head) {
    const AttentionMap map = choose_attention(view, {AttentionKind::kCross, layer, head});
    EXPECT_EQ(map.layer, layer);
    EXPECT_EQ(map.head, head);
    return map.weights.at(0);
  };
  EXPECT_FLOAT_EQ(weight(2, 1), .5f);
  EXPECT_FLOAT_EQ(weight(1, 0), .2f);
  EXPECT_FLOAT_EQ(weight(0, 2), .6f);
  EXPECT_FLOAT_EQ(weight(0, 0), .45f);
}

TEST(AttentionView, AMissingMapIsAnErrorThatListsWhatThereIs) {
  try {
    choose_attention(two_words(), {AttentionKind::kCross, 1, 2});
    FAIL() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "no attention map cross layer 1 head 2 (0: the average); there are: cross: 1 layers of 1 heads");
  }
  EXPECT_THROW(choose_attention({}, {}), ConfigError);
}

TEST(AttentionView, AMapThatDoesNotFitItsSidesIsRefused) {
  AttentionView view = two_words();
  view.maps[0].columns = 3;
  try {
    check_attention(view);
    FAIL() << "no error";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), HasSubstr("cross layer 1 head 1 should be 3 x 4, found 3 x 3 with 12 weights"));
  }
  view = two_words();
  view.source.words.pop_back();
  EXPECT_THROW(merge_to_words(view), std::invalid_argument);
}

TEST(AttentionView, SelfAttentionOfTheDecoderGoesFromWhatItWritesToWhatItReads) {
  const AttentionView view = sample_attention(2);
  EXPECT_EQ(query_axis(view, AttentionKind::kDecoderSelf), view.target);
  EXPECT_EQ(key_axis(view, AttentionKind::kDecoderSelf), view.target_input);
  EXPECT_EQ(query_axis(view, AttentionKind::kEncoderSelf), view.source);
  EXPECT_EQ(key_axis(view, AttentionKind::kCross), view.source);
}

}  // namespace
}  // namespace heed
