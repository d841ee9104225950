#include "text/subword_noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sentencepiece_processor.h>

#include <cmath>
#include <map>

#include "core/error.h"
#include "core/utf8.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"

namespace heed {
namespace {

Tokenizer train(TokenizerType type, int64_t vocab_size = 150) {
  const TemporaryDirectory directory("subword_noise");
  TokenizerConfig config;
  config.type = type;
  config.vocab_size = vocab_size;
  config.character_coverage = 0.999;  // so that some characters are unknown
  const std::string file = directory.write("text", generated_lines(600, 1));
  const Tokenizers trained = make_tokenizers(config, {.source = {file}, .target = {}}, 1);
  return Tokenizer::from_model(trained.source->model_bytes(), "test");
}

std::vector<std::string> nasty_lines() {
  std::vector<std::string> lines = generated_lines(500, 7);
  for (const char* line : {"", " ", "日本語 Ω x", "aaaaaaaaaa", "  two  spaces ", "ﬁ ½ \u00A0 é", "\u2581\u2581ba",
                           "ΩΩΩ", "!", "\U0001F600\U0001F600 ko"}) {
    lines.push_back(line);
  }
  return lines;
}

RandomStream stream(uint64_t sentence) { return RandomStream(random_key(5, Purpose::kSubwordNoise, {sentence})); }

TEST(BpeDropout, ZeroIsTheOrdinarySegmentation) {
  const Tokenizer tokenizer = train(TokenizerType::kBpe);
  for (const std::string& line : nasty_lines()) {
    ASSERT_EQ(tokenizer.encode_sampled(line, 0, stream(0)), tokenizer.encode(line)) << line;
  }
}

TEST(BpeDropout, OneGivesSingleCharacters) {
  const Tokenizer tokenizer = train(TokenizerType::kBpe);
  for (const std::string& line : generated_lines(50, 8)) {
    for (const int32_t id : tokenizer.encode_sampled(line, 1, stream(0))) {
      EXPECT_TRUE(id == 1 || code_points(tokenizer.vocabulary().piece(id)).size() == 1);
    }
  }
}

// The word "ba" + one merge (its space and letters): with n merges possible in the first step, none survives with p^n.
TEST(BpeDropout, AWordStaysInCharactersAsOftenAsTheFormulaSays) {
  const Tokenizer tokenizer = train(TokenizerType::kBpe);
  const std::vector<int32_t> characters = tokenizer.encode_sampled("ba", 1, stream(0));
  const Vocabulary& vocabulary = tokenizer.vocabulary();
  ASSERT_EQ(characters.size(), 3u);
  const bool left = vocabulary.find("\u2581b").has_value(), right = vocabulary.find("ba").has_value();
  constexpr double kDropout = 0.3;
  constexpr int kTrials = 20000;
  const double expected = std::pow(kDropout, left + right) * kTrials;
  int unmerged = 0;
  for (int i = 0; i < kTrials; ++i) unmerged += tokenizer.encode_sampled("ba", kDropout, stream(i)) == characters;
  ASSERT_TRUE(left || right);
  EXPECT_NEAR(unmerged, expected, 4 * std::sqrt(expected));
}

class EverySubwordNoise : public testing::TestWithParam<TokenizerType> {};

TEST_P(EverySubwordNoise, DecodesToTheSameText) {
  const Tokenizer tokenizer = train(GetParam());
  uint64_t sentence = 0;
  for (const std::string& line : nasty_lines()) {
    for (const double strength : {0.05, 0.3, 0.8}) {
      const std::vector<int32_t> ids = tokenizer.encode_sampled(line, strength, stream(++sentence));
      ASSERT_EQ(tokenizer.decode(ids), tokenizer.decode(tokenizer.encode(line))) << line;
    }
  }
}

TEST_P(EverySubwordNoise, TheStreamDecidesTheResult) {
  const Tokenizer tokenizer = train(GetParam());
  const std::string line = generated_lines(1, 9)[0];
  EXPECT_EQ(tokenizer.encode_sampled(line, 0.3, stream(1)), tokenizer.encode_sampled(line, 0.3, stream(1)));
  EXPECT_NE(tokenizer.encode_sampled(line, 0.3, stream(1)), tokenizer.encode_sampled(line, 0.3, stream(2)));
}

INSTANTIATE_TEST_SUITE_P(SubwordNoise, EverySubwordNoise, testing::Values(TokenizerType::kBpe, TokenizerType::kUnigram),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(UnigramSampling, LargeAlphaIsTheBestSegmentation) {
  const Tokenizer tokenizer = train(TokenizerType::kUnigram);
  int different = 0;
  const std::vector<std::string> lines = nasty_lines();
  for (const std::string& line : lines) {
    different += tokenizer.encode_sampled(line, 1e4, stream(0)) != tokenizer.encode(line);
  }
  EXPECT_LE(different, static_cast<int>(lines.size()) / 100);  // only where two segmentations score the same
}

// Oracle: sentencepiece's own n-best list of a short text, which holds every segmentation, with their scores.
TEST(UnigramSampling, FrequenciesFollowTheProbabilities) {
  const Tokenizer tokenizer = train(TokenizerType::kUnigram);
  sentencepiece::SentencePieceProcessor oracle;
  ASSERT_TRUE(oracle.LoadFromSerializedProto(tokenizer.model_bytes()).ok());
  constexpr double kAlpha = 0.4;
  constexpr int kTrials = 40000;
  const std::string text = "verner";

  const auto nbest = oracle.NBestEncodeAsImmutableProto(text, 1000);
  std::map<std::vector<int32_t>, double> weights;
  double total = 0;
  for (const auto& segmentation : nbest.nbests()) {
    std::vector<int32_t> ids;
    for (const auto& piece : segmentation.pieces()) ids.push_back(static_cast<int32_t>(piece.id()));
    total += weights[ids] = std::exp(kAlpha * segmentation.score());
  }
  ASSERT_GT(weights.size(), 4u);
  std::map<std::vector<int32_t>, int> counts;
  for (int i = 0; i < kTrials; ++i) ++counts[tokenizer.encode_sampled(text, kAlpha, stream(i))];
  for (const auto& [ids, count] : counts) ASSERT_TRUE(weights.contains(ids));
  for (const auto& [ids, weight] : weights) {
    const double expected = kTrials * weight / total;
    EXPECT_NEAR(counts[ids], expected, 5 * std::sqrt(expected) + 1);
  }
}

TEST(SubwordNoise, TokenizersWithOneSegmentationRefuse) {
  const Tokenizer tokenizer = train(TokenizerType::kChar);
  EXPECT_FALSE(tokenizer.can_sample());
  EXPECT_THROW(tokenizer.encode_sampled("a", 0.1, stream(0)), ConfigError);
}

}  // namespace
}  // namespace heed
