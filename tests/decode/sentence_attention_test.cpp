#include "decode/sentence_attention.h"

#include "core/thread_team.h"
#include "nn/alignment_loss.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <map>

#include "decode/head_statistics.h"
#include "decode/translator.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

// "un+believ+able news" -> "kaum glaub+lich", each with its eos.
SentenceAttention example(const std::vector<float>& weights) {
  SentenceAttention attention;
  attention.source.words = {0, 0, 0, 1, -1};
  attention.target.words = {0, 1, 1, -1};
  attention.layers.push_back({AttentionRole::kCross, 0, {torch::tensor(weights).view({1, 4, 5})}});
  return attention;
}

TEST(WordAlignment, SumsThePiecesOfAWordAndLeavesTheEndOut) {
  // Row 0: 0.45 on the pieces of word 0, though the largest single weight is on word 1. Rows 1 and 2: word 1. Row 3
  // (the end) would say word 0, column 4 (the end) takes most of row 2.
  const SentenceAttention attention = example({.15F, .15F, .15F, .40F, .15F,  //
                                               .10F, .10F, .10F, .60F, .10F,  //
                                               .05F, .05F, .05F, .20F, .65F,  //
                                               .90F, .02F, .02F, .03F, .03F});
  EXPECT_THAT(word_alignment(attention), ElementsAre(Pair(0, 0), Pair(1, 1)));
  EXPECT_EQ(pharaoh(word_alignment(attention)), "0-0 1-1");
}

TEST(WordAlignment, AveragesTheHeads) {
  SentenceAttention attention;
  attention.source.words = attention.target.words = {0, 1};
  const std::vector<float> heads = {0, 1, 1, 0, 0.4F, 0.6F, 0.6F, 0.4F};
  attention.layers = {{AttentionRole::kCross, 0, {torch::tensor(heads).view({2, 2, 2})}}};
  EXPECT_THAT(word_alignment(attention), ElementsAre(Pair(1, 0), Pair(0, 1)));
}

TEST(WordAlignment, TakesThoseThatGetTheirShareOfTheMost) {
  SentenceAttention attention;
  attention.source.words = attention.target.words = {0, 1, 2};
  attention.layers = {
      {AttentionRole::kCross, 0, {torch::tensor({.5, .4, .1, .2, .3, .5, .1, .1, .8}, torch::kFloat).view({1, 3, 3})}}};
  const auto links = [&](double share) { return pharaoh(word_alignment(attention, {.share = share})); };
  EXPECT_EQ(links(1), "0-0 2-1 2-2");
  EXPECT_EQ(links(.75), "0-0 1-0 2-1 2-2");
  EXPECT_EQ(links(.5), "0-0 1-0 1-1 2-1 2-2");
  EXPECT_EQ(links(0), "0-0 1-0 2-0 0-1 1-1 2-1 0-2 1-2 2-2");
}

// Of mixtures of keys: word 0 has 0.1 less 0.5, word 1 has 0.2.
TEST(WordAlignment, WeightsBelowZeroCount) {
  const SentenceAttention attention = example({-.5F, .1F,  .0F,  .20F, 0,  //
                                               -.3F, -.3F, -.3F, -.7F, 0,  //
                                               -.3F, -.3F, -.3F, -.7F, 0,  //
                                               .9F,  0,    0,    0,    0});
  EXPECT_THAT(word_alignment(attention), ElementsAre(Pair(1, 0), Pair(1, 1)));
}

// Word 1 of either side has no pieces: normalisation removed it, or a cut.
TEST(WordAlignment, WordsWithoutPiecesHaveNoLink) {
  SentenceAttention attention;
  attention.source.words = {1, 2, -1};
  attention.target.words = {0, 2};
  attention.layers = {
      {AttentionRole::kCross, 0, {torch::tensor({0., 0., 1., 0., .3, .7}, torch::kFloat).view({1, 2, 3})}}};
  EXPECT_THAT(word_alignment(attention), ElementsAre(Pair(1, 0), Pair(2, 2)));
}

TEST(AttendedSide, HoldsTheFirstPiecesAndTheirWords) {
  const Tokenizers tokenizers = testing::shared_tokenizers();
  AttendedSide side(*tokenizers.source, "w4  w5 \t w6", 2);
  side.put_last(3, tokenizers.source->vocabulary());
  EXPECT_THAT(side.pieces, ElementsAre("w4", "w5", "</s>"));
  EXPECT_THAT(side.words, ElementsAre(0, 1, -1));
}

TEST(WordAlignment, OfNothingIsEmpty) {
  EXPECT_THAT(word_alignment({}), IsEmpty());
  EXPECT_EQ(pharaoh({}), "");
}

TEST(HeadMeter, MeasuresAHeadAgainstTheDiagonal) {
  SentenceAttention attention;
  const auto weights = torch::tensor({1., 0., 0., 0., 1., 0., 0., 0., 1.,  // on the diagonal
                                      1. / 3, 1. / 3, 1. / 3, 1. / 3, 1. / 3, 1. / 3, 1. / 3, 1. / 3, 1. / 3},
                                     torch::kFloat)
                           .view({2, 3, 3});
  attention.layers.push_back({AttentionRole::kCross, 0, {weights}});
  HeadMeter meter;
  meter.add(attention);
  meter.add(attention);
  const auto found = meter.statistics();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NEAR(found[0].entropy, 0, 1e-6);
  EXPECT_NEAR(found[0].confidence, 1, 1e-6);
  EXPECT_NEAR(found[0].distance, 0, 1e-6);
  EXPECT_NEAR(found[0].diagonal, 1, 1e-6);
  EXPECT_NEAR(found[1].entropy, std::log(3.0), 1e-6);
  EXPECT_NEAR(found[1].confidence, 1.0 / 3, 1e-6);
  EXPECT_NEAR(found[1].distance, (1.0 + 2.0 / 3 + 1.0) / 3, 1e-6);  // rows 0, 1, 2: (0+1+2)/3, (1+0+1)/3, (2+1+0)/3
  EXPECT_NEAR(found[1].diagonal, (2.0 / 3 + 1 + 2.0 / 3) / 3, 1e-6);
  EXPECT_EQ(found[1].rows, 6);
}

TEST(TranslatorAttention, AttendsToAPairAsItDoesAloneAndEveryRowIsADistribution) {
  EncoderDecoder model = testing::ending_model();
  Translator translator(model, testing::shared_tokenizers(), testing::decoding(), {50});
  const std::vector<std::string> sources = {"w4 w5 w6", "w7", "", "w9 w8 w7 w6 w5"},
                                 targets = {"w5 w4", "w6 w6 w6", "", "w4"};
  const auto all = translator.attend(sources, targets);
  EXPECT_TRUE(all[2].layers.empty());
  EXPECT_THAT(all[0].source.pieces, ElementsAre("w4", "w5", "w6", "</s>"));
  EXPECT_THAT(all[0].target.pieces, ElementsAre("w5", "w4", "</s>"));
  EXPECT_THAT(all[0].target_input.pieces, ElementsAre("<s>", "w5", "w4"));
  EXPECT_THAT(all[0].source.words, ElementsAre(0, 1, 2, -1));
  for (const size_t i : {0, 1, 3}) {
    const auto alone = translator.attend({sources[i]}, {targets[i]}).front();
    ASSERT_EQ(all[i].layers.size(), 6U);  // two encoder, two decoder, two cross
    for (size_t layer = 0; layer < 6; ++layer) {
      const torch::Tensor& weights = all[i].layers[layer].sentences.at(0);
      EXPECT_TRUE(torch::allclose(weights, alone.layers[layer].sentences.at(0), 0, 1e-6));
      EXPECT_TRUE(torch::allclose(weights.sum(-1), torch::ones({weights.size(0), weights.size(1)})));
    }
  }
}

ModelConfig with_decoder(DecoderType decoder, int64_t layers) {
  ModelConfig config = testing::tiny_config();
  config.decoder = decoder;
  config.num_decoder_layers = layers;
  if (decoder == DecoderType::kRecurrent) config.encoder = EncoderType::kRecurrent;
  return config;
}

TEST(AlignmentPlace, IsTheLastLayerButOneOrTheOnlyOne) {
  EXPECT_EQ(alignment_place(with_decoder(DecoderType::kTransformer, 1)).layer, 0);
  EXPECT_EQ(alignment_place(with_decoder(DecoderType::kTransformer, 2)).layer, 0);
  EXPECT_EQ(alignment_place(with_decoder(DecoderType::kTransformer, 6)).layer, 4);
  EXPECT_EQ(alignment_place(with_decoder(DecoderType::kRecurrent, 4)).layer, 0);
}

// Against all of the attention, whose other layers are left out by hand.
TEST(TranslatorAttention, AlignmentsAreReadOffTheLayerOfTheAlignmentsAlone) {
  set_num_threads(1);
  const std::vector<std::string> sources = {"w4 w5 w6 w7 w8", "", "w7 w9", "w9 w8 w7 w6 w5"},
                                 targets = {"w5 w4 w9 w8", "", "w6 w6 w6", "w4"};
  for (const ModelConfig& config :
       {with_decoder(DecoderType::kTransformer, 1), with_decoder(DecoderType::kTransformer, 3),
        with_decoder(DecoderType::kRecurrent, 2)}) {
    EncoderDecoder model = testing::tiny_model(config, testing::kVocabulary);
    Translator translator(model, testing::shared_tokenizers(), testing::decoding(), {50});
    const auto all = translator.attend(sources, targets);
    std::vector<WordAlignment> expected;
    for (SentenceAttention one : all) {
      std::vector<AttentionWeights> cross;
      for (const AttentionWeights& layer : one.layers)
        if (layer.role == AttentionRole::kCross) cross.push_back(layer);
      if (!cross.empty()) one.layers = {cross[cross.size() > 1 ? cross.size() - 2 : 0]};
      expected.push_back(word_alignment(one));
    }
    EXPECT_EQ(translator.align(sources, targets), expected);
    EXPECT_THAT(expected[0], SizeIs(4));
    EXPECT_THAT(expected[1], IsEmpty());
  }
}

TEST(TranslatorAttention, IsHandedOutForEveryPairThatIsNotBlank) {
  EncoderDecoder model = testing::ending_model();
  Translator translator(model, testing::shared_tokenizers(), testing::decoding(), {50});
  std::map<size_t, size_t> layers;
  translator.attend_each({"w4", "", "w5 w6"}, {"w7", "", "w8"},
                         [&](size_t line, SentenceAttention&& one) { layers[line] = one.layers.size(); });
  EXPECT_THAT(layers, ElementsAre(Pair(0, 6), Pair(2, 6)));
}

}  // namespace
}  // namespace heed
