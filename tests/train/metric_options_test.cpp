#include "train/metric_options.h"

#include <gtest/gtest.h>

#include "support/piece_tokenizers.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

TEST(MetricOptions, SpmIsThePiecesOfTheTargetAndNamesTheirTokenizer) {
  const Tokenizers tokenizers = testing::piece_tokenizers(/*shared=*/false);
  EvalConfig config;
  config.bleu_tokenize = BleuTokenizer::kSpm;
  const MetricOptions options = metric_options(config, tokenizers);
  int64_t unlike_source = 0;
  for (const std::string& one : generated_lines(50, 2)) {
    EXPECT_EQ(options.bleu.pieces.cut(one), tokenizers.target->pieces(one));
    if (options.bleu.pieces.cut(one) != tokenizers.source->pieces(one)) ++unlike_source;
  }
  EXPECT_GT(unlike_source, 5);
  const std::string line = generated_lines(1, 2).front();
  const Score found = score("bleu", {line}, {{line}}, options);
  EXPECT_NE(found.signature.find("|tok:spm-" + tokenizers.target->fingerprint().substr(0, 8) + "|"), std::string::npos);
  EXPECT_NE(found.text.find(" ref_len = " + std::to_string(tokenizers.target->pieces(line).size()) + ")"),
            std::string::npos)
      << found.text;
}

TEST(MetricOptions, OutliveTheTokenizersTheyAreMadeOf) {
  std::optional<Tokenizers> tokenizers = testing::shared_tokenizers();
  const MetricOptions options = metric_options({}, *tokenizers);
  tokenizers.reset();
  EXPECT_EQ(options.bleu.pieces.cut("w5 w6"), (std::vector<std::string>{"w5", "w6"}));
}

}  // namespace
}  // namespace heed
