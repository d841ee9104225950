#include "data/make_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/logging.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MakeBatch, FramesAndPacksSentences) {
  const Batch batch = make_batch({{10, 11}, {}, {12}}, {{20}, {21, 22}, {}}, SentenceFrame());
  EXPECT_THAT(batch.source_ids, ElementsAre(10, 11, 3, 3, 12, 3));
  EXPECT_THAT(batch.target_input_ids, ElementsAre(2, 20, 2, 21, 22, 2));
  EXPECT_THAT(batch.label_ids, ElementsAre(20, 3, 21, 22, 3, 3));
  EXPECT_THAT(batch.source_segments.starts(), ElementsAre(0, 3, 4));
  EXPECT_THAT(batch.target_segments.lengths(), ElementsAre(2, 3, 1));
  EXPECT_THAT(batch.sentence_ids, ElementsAre(0, 1, 2));
}

TEST(MakeBatch, TargetsMayBeAbsent) {
  const Batch batch = make_batch({{10}, {11}}, {}, SentenceFrame());
  EXPECT_EQ(batch.size(), 2);
  EXPECT_EQ(batch.num_target_tokens(), 0);
  EXPECT_THAT(batch.label_ids, IsEmpty());
}

class MakeBatchFromCorpus : public testing::TestWithParam<TokenizerType> {
 protected:
  MakeBatchFromCorpus() {
    const std::string source = directory_.write("train.en", generated_lines(400, 1));
    const std::string target = directory_.write("train.de", generated_lines(400, 2));
    TokenizerConfig config;
    config.type = GetParam();
    config.vocab_size = 150;
    config.shared = false;
    tokenizers_ = make_tokenizers(config, {.source = {source}, .target = {target}}, 1);
    DataConfig options;
    options.cache_directory = directory_ / "cache";
    set_quiet(true);
    corpus_.emplace(ParallelCorpus::open({{source}, {target}}, options, tokenizers_, {KeepText::kYes}));
    set_quiet(false);
  }

  Batch noisy(std::vector<int32_t> sentences, int64_t epoch, int64_t limit = 256) const {
    return make_batch({*corpus_, tokenizers_}, sentences, {0.3, 1, epoch, limit, limit});
  }

  TemporaryDirectory directory_{"make_batch"};
  Tokenizers tokenizers_;
  std::optional<ParallelCorpus> corpus_;
};

TEST_P(MakeBatchFromCorpus, HoldsTheCorpusSentencesInTheirOrder) {
  const std::vector<int32_t> sentences = {7, 3};
  const Batch batch = make_batch(*corpus_, sentences, SentenceFrame(tokenizers_));
  EXPECT_THAT(batch.sentence_ids, ElementsAre(7, 3));
  const CachedPair seventh = corpus_->pair(7), third = corpus_->pair(3);
  std::vector<int64_t> expected(seventh.source.begin(), seventh.source.end());
  expected.push_back(3);
  expected.insert(expected.end(), third.source.begin(), third.source.end());
  expected.push_back(3);
  EXPECT_EQ(batch.source_ids, expected);
}

TEST_P(MakeBatchFromCorpus, NoiseKeepsTheTextAndDependsOnSentenceAndEpochOnly) {
  const Batch alone = noisy({5}, 2), other_epoch = noisy({5}, 3), together = noisy({9, 5}, 2);
  EXPECT_NE(alone.source_ids, other_epoch.source_ids);
  const auto start = together.source_ids.begin() + together.source_segments.starts()[1];
  EXPECT_EQ(std::vector<int64_t>(start, together.source_ids.end()), alone.source_ids);
  const std::vector<int64_t> labels(alone.label_ids.begin(), alone.label_ids.end() - 1);
  EXPECT_EQ(tokenizers_.target->decode(labels), tokenizers_.target->decode(corpus_->pair(5).target));
}

TEST_P(MakeBatchFromCorpus, NoiseStaysWithinTheLimits) {
  for (int32_t sentence = 0; sentence < 50; ++sentence) {
    const Batch batch = noisy({sentence}, 0, 10);
    EXPECT_LE(batch.num_source_tokens(), 11);
    EXPECT_LE(batch.num_target_tokens(), 11);
    EXPECT_EQ(batch.label_ids.back(), 3);
  }
}

TEST_P(MakeBatchFromCorpus, StrengthZeroIsNoNoise) {
  const std::vector<int32_t> sentences = {1, 2, 3};
  const Batch plain = make_batch(*corpus_, sentences, SentenceFrame(tokenizers_));
  EXPECT_EQ(make_batch({*corpus_, tokenizers_}, sentences, {0, 1, 1, 5, 5}).source_ids, plain.source_ids);
}

INSTANTIATE_TEST_SUITE_P(MakeBatch, MakeBatchFromCorpus, testing::Values(TokenizerType::kBpe, TokenizerType::kUnigram),
                         [](const auto& test) { return std::string(name_of(test.param)); });

}  // namespace
}  // namespace heed
