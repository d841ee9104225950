#include "text/round_trip.h"

#include <gtest/gtest.h>

#include "text/generated_text.h"
#include "text/tokenizer_training.h"
#include "text/whole_words.h"

namespace heed {
namespace {

Tokenizers train(TokenizerType type, Normalization normalization) {
  const TemporaryDirectory directory("round_trip");
  TokenizerConfig config;
  config.type = type;
  config.vocab_size = type == TokenizerType::kWord || type == TokenizerType::kNone ? 9000 : 200;
  config.normalization = normalization;
  config.user_symbols = {">>fr<<", "<name>"};
  const std::string file = directory.write("text", generated_lines(300, 1));
  return make_tokenizers(config, {.source = {file}, .target = {}}, 1);
}

bool returns(const Tokenizer& tokenizer, const std::string& line) {
  return comes_back(tokenizer, tokenizer.encode(line), line);
}

// The definition: decoded text, its runs of spaces and tabs counted as one.
bool by_definition(const Tokenizer& tokenizer, const std::string& line) {
  const std::string decoded = tokenizer.decode(tokenizer.encode(line));
  const auto found = split_tokens(decoded), expected = split_tokens(line);
  return found == expected;
}

TEST(RoundTrip, IsWhatDecodingSays) {
  std::vector<std::string> lines = generated_lines(300, 1);
  for (const char* line :
       {"", "  ba \t ko ", "\u00BD ba", "ba\u00A0ko", "\uFF11", "ba\u2581ko", "\u2581", ">>fr<< ba", ">>fr<<ba",
        "ba <name> ko", "ba<name>ko", "\u65E5", "</s>", "<unk>", "ba\u200Bko", "e\u0301"})
    lines.push_back(line);
  for (const TokenizerType type :
       {TokenizerType::kBpe, TokenizerType::kUnigram, TokenizerType::kChar, TokenizerType::kWord, TokenizerType::kNone})
    for (const Normalization normalization : {Normalization::kIdentity, Normalization::kNmtNfkc}) {
      const Tokenizers tokenizers = train(type, normalization);
      for (const std::string& line : lines)
        EXPECT_EQ(returns(*tokenizers.target, line), by_definition(*tokenizers.target, line)) << name_of(type) << line;
    }
}

TEST(RoundTrip, FailsForUnknownPiecesAndForWhatNormalisationRewrites) {
  const Tokenizers identity = train(TokenizerType::kChar, Normalization::kIdentity);
  const Tokenizers rewriting = train(TokenizerType::kChar, Normalization::kNmtNfkc);
  EXPECT_TRUE(returns(*identity.target, "ba  ko"));
  EXPECT_FALSE(returns(*identity.target, "ba \u65E5"));
  EXPECT_TRUE(returns(*rewriting.target, "ba  ko"));
  EXPECT_FALSE(returns(*rewriting.target, "10\u00A0ba"));
}

}  // namespace
}  // namespace heed
