#include "decode/coverage.h"

#include <gtest/gtest.h>

#include <cmath>

#include "decode/translator.h"
#include "nn/alignment_loss.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

TEST(Coverage, IsTheLogOfWhatEachPieceGotUpToOne) {
  const torch::Tensor attention = torch::tensor({.5, .3, .2, .0,  //
                                                 .1, .1, .8, .0,  //
                                                 .0, .2, .8, .0},
                                                torch::kFloat)
                                      .view({3, 4});
  EXPECT_NEAR(coverage(attention), std::log(.6) + std::log(.6), 1e-6);  // the third got 1.8, the last nothing
  EXPECT_EQ(coverage(torch::ones({2, 3})), 0);
}

std::vector<std::string> texts_of(const Translation& translation) {
  std::vector<std::string> texts;
  for (const TranslationHypothesis& one : translation.hypotheses) texts.push_back(one.text);
  return texts;
}

class CoverageOf : public ::testing::TestWithParam<ModelConfig> {};

// What a translation's score says is what its attention says, and it is the best of those that were found.
TEST_P(CoverageOf, ATranslationCountsBesideItsProbability) {
  ModelConfig shape = GetParam();
  shape.output_bias = true;
  EncoderDecoder model = testing::tiny_model(shape, testing::kVocabulary);
  {
    const torch::NoGradGuard no_grad;
    model->output->bias[testing::kEos].fill_(4);
  }
  DecodeConfig config = testing::decoding();
  config.n_best = config.beam_size;
  const std::vector<std::string> lines = testing::some_lines(20);
  Translator plain(model, testing::shared_tokenizers(), config, {256});
  const auto before = plain.translate(lines);
  config.coverage_penalty = 0.8;
  const auto after = Translator(model, testing::shared_tokenizers(), config, {256}).translate(lines);

  const auto expected_score = [&](const std::string& line, const TranslationHypothesis& one) {
    const SentenceAttention seen = plain.attend({line}, {one.text}).front();
    for (const AttentionWeights& layer : seen.layers)
      if (static_cast<const AttentionPlace&>(layer) == alignment_place(shape)) {
        const int64_t length = static_cast<int64_t>(one.ids.size()) + (one.finished ? 1 : 0);
        const torch::Tensor mean = layer.sentences.front().mean(0).narrow(0, 0, length);
        return normalised_score(one.log_probability, length, config) + 0.8 * coverage(mean);
      }
    ADD_FAILURE() << "no layer to read";
    return 0.0;
  };
  int64_t changed = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    changed += texts_of(after[i]) != texts_of(before[i]);
    for (const TranslationHypothesis& one : after[i].hypotheses)
      EXPECT_NEAR(one.score, expected_score(lines[i], one), 1e-4) << lines[i];
    for (const TranslationHypothesis& one : before[i].hypotheses)
      EXPECT_LE(expected_score(lines[i], one), after[i].score + 1e-4) << lines[i];
  }
  if (shape.decoder == DecoderType::kTransformer) {
    EXPECT_GT(changed, 0);  // the others' attention is nearly flat
  }
}

std::vector<ModelConfig> kinds() {
  const ModelConfig transformer = testing::tiny_config();
  ModelConfig bahdanau = transformer, low_rank = transformer, convolutional = transformer, recurrent = transformer;
  convolutional.encoder = EncoderType::kConvolutional;
  recurrent.encoder = EncoderType::kRecurrent;
  recurrent.decoder = DecoderType::kRecurrent;
  bahdanau.decoder = DecoderType::kRecurrent;
  low_rank.cross_attention.reach = ReachType::kLowRank;
  low_rank.cross_attention.rank = 3;
  low_rank.max_positions = 60;
  return {transformer, bahdanau, low_rank, convolutional, recurrent};
}

INSTANTIATE_TEST_SUITE_P(Kinds, CoverageOf, ::testing::ValuesIn(kinds()));

}  // namespace
}  // namespace heed
