#include "data/corpus_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/logging.h"
#include "data/parallel_corpus.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class CorpusReportTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.cache_directory = directory_ / "cache";
    sink_ = add_log_sink([this](LogLevel, const std::string& line) { log_.push_back(line); });
    set_quiet(true);
  }
  void TearDown() override {
    set_quiet(false);
    remove_log_sink(sink_);
  }

  Tokenizers train(TokenizerType type, Normalization normalization, const std::vector<std::string>& lines) const {
    TokenizerConfig config;
    config.type = type;
    config.vocab_size = 120;
    config.normalization = normalization;
    return make_tokenizers(config, {.source = {directory_.write("text", lines)}, .target = {}}, 1);
  }

  CorpusCounts open(const Tokenizers& tokenizers, const std::vector<std::string>& source,
                    const std::vector<std::string>& target) {
    log_.clear();
    const CorpusConfig files{{directory_.write("train.en", source)}, {directory_.write("train.de", target)}};
    const CorpusCounts counts = ParallelCorpus::open(files, options_, tokenizers).counts();
    for (std::string& line : log_)
      for (size_t at; (at = line.find(directory_ / "")) != std::string::npos;) line.erase(at, (directory_ / "").size());
    return counts;
  }

  TemporaryDirectory directory_{"corpus_report"};
  DataConfig options_;
  std::vector<std::string> log_;
  int sink_ = 0;
};

TEST_F(CorpusReportTest, TextThatTheTokenizersKnowIsReportedWithoutMore) {
  const std::vector<std::string> lines = generated_lines(300, 1);
  open(train(TokenizerType::kBpe, Normalization::kIdentity, lines), lines, lines);
  EXPECT_THAT(log_, ElementsAre(EndsWith("train.de: kept 300 of 300 pairs")));
}

TEST_F(CorpusReportTest, UnknownPiecesAreCountedBySideAndManyAreAWarning) {
  const Tokenizers tokenizers = train(TokenizerType::kWord, Normalization::kIdentity, {"a b c", "d e f"});
  const CorpusCounts counts = open(tokenizers, {"a b", "c X"}, {"a b", "Y a Z"});
  EXPECT_EQ(counts.source_tokens, 4);
  EXPECT_EQ(counts.source_unknown, 1);
  EXPECT_EQ(counts.target_tokens, 5);
  EXPECT_EQ(counts.target_unknown, 2);
  EXPECT_EQ(counts.changed, 1);
  EXPECT_EQ(counts.first_changed, 1);
  EXPECT_THAT(log_,
              ElementsAre(EndsWith("kept 2 of 2 pairs; unknown pieces: 25.0 % of the source, 40.0 % of the target; "
                                   "target lines that do not come back from the tokenizer: 1, the first is train.de:2"),
                          HasSubstr("warning: train.en: 25.0 % of the pieces are unknown"),
                          testing::AllOf(HasSubstr("warning: train.de: 40.0 % of"), HasSubstr("tokenizer.vocab_size")),
                          EndsWith("because of unknown pieces")));
  const std::vector<std::string> first = log_;
  open(tokenizers, {"a b", "c X"}, {"a b", "Y a Z"});  // from the cache
  EXPECT_EQ(log_, first);
}

TEST_F(CorpusReportTest, TheAdviceFitsTheTokenizer) {
  const std::vector<std::string> lines = generated_lines(300, 1), foreign(10, "\u65E5 \u672C");
  for (const auto& [type, advice] : {std::pair{TokenizerType::kBpe, "tokenizer.character_coverage"},
                                     {TokenizerType::kUnigram, "tokenizer.character_coverage"},
                                     {TokenizerType::kChar, "tokenizer.character_coverage"},
                                     {TokenizerType::kNone, "tokenizer.vocab_size"}}) {
    open(train(type, Normalization::kIdentity, lines), foreign, foreign);
    EXPECT_THAT(log_, testing::Contains(testing::AllOf(HasSubstr("unknown, which"), HasSubstr(advice))))
        << name_of(type);
  }
}

// 1 line in 100 is not yet more than 1 %.
TEST_F(CorpusReportTest, RewrittenTargetsAreAWarningWithAnExample) {
  std::vector<std::string> lines = generated_lines(99, 1);
  lines.emplace_back("10\u00A0km\u00B2 \uFF11");
  std::vector<std::string> training = lines;
  training.emplace_back("10 km2 1");
  const Tokenizers rewriting = train(TokenizerType::kChar, Normalization::kNmtNfkc, training);
  const CorpusCounts counts = open(rewriting, lines, lines);
  EXPECT_EQ(counts.changed, 1);
  EXPECT_THAT(log_, ElementsAre(EndsWith("target lines that do not come back from the tokenizer: 1, the first is "
                                         "train.de:100")));
  lines.erase(lines.begin());
  open(rewriting, lines, lines);
  EXPECT_THAT(
      log_, testing::Contains("warning: 1 of 99 target lines (1.0 %) do not come back from the tokenizer, so no "
                              "translation can equal them: train.de:99 comes back as '10 km2 1'; because of "
                              "normalisation (tokenizer.normalization: identity keeps text as it is) or of characters "
                              "that the tokenizer reserves"));
  open(train(TokenizerType::kChar, Normalization::kIdentity, lines), lines, lines);
  EXPECT_THAT(log_, ElementsAre(EndsWith("kept 99 of 99 pairs")));
}

}  // namespace
}  // namespace heed
