#include "nn/pass.h"

#include <gtest/gtest.h>

namespace heed {
namespace {

// As the layers of a model with two of each role ask, in the order of its forward pass.
std::vector<AttentionPlace> kept(Pass pass) {
  for (const AttentionRole role :
       {AttentionRole::kEncoderSelf, AttentionRole::kEncoderSelf, AttentionRole::kDecoderSelf, AttentionRole::kCross,
        AttentionRole::kDecoderSelf, AttentionRole::kCross})
    if (pass.wants_attention(role)) pass.add_attention(role, {});
  std::vector<AttentionPlace> places;
  for (const AttentionWeights& weights : pass.attention()) places.push_back(weights);
  return places;
}

TEST(Pass, KeepsNoAttentionUnasked) { EXPECT_TRUE(kept({}).empty()); }

TEST(Pass, NumbersTheLayersOfARole) {
  Pass pass;
  pass.keep_attention();
  const std::vector<AttentionPlace> expected = {{AttentionRole::kEncoderSelf, 0}, {AttentionRole::kEncoderSelf, 1},
                                                {AttentionRole::kDecoderSelf, 0}, {AttentionRole::kCross, 0},
                                                {AttentionRole::kDecoderSelf, 1}, {AttentionRole::kCross, 1}};
  EXPECT_EQ(kept(pass), expected);
}

TEST(Pass, KeepsTheOneLayerThatIsAskedFor) {
  const AttentionPlace last{AttentionRole::kCross, 1};
  Pass pass;
  pass.keep_attention(last);
  EXPECT_EQ(kept(pass), std::vector<AttentionPlace>{last});
}

}  // namespace
}  // namespace heed
