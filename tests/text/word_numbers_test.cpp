#include "text/word_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sentencepiece_trainer.h>

#include <algorithm>

#include "core/error.h"
#include "core/utf8.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"
#include "text/whole_words.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Tokenizer train(TokenizerType type, Normalization normalization, const std::vector<std::string>& lines,
                int64_t vocab_size = 200) {
  const TemporaryDirectory directory("word_numbers");
  TokenizerConfig config;
  config.type = type;
  config.vocab_size = vocab_size;
  config.normalization = normalization;
  const std::string file = directory.write("text", lines);
  const Tokenizers tokenizers = make_tokenizers(config, {.source = {file}, .target = {}}, 1);
  if (type == TokenizerType::kNone) return Tokenizer::from_tokens(tokenizers.source->vocabulary());
  return Tokenizer::from_model(tokenizers.source->model_bytes(), "test");
}

Tokenizer char_tokenizer(Normalization normalization) {
  return train(TokenizerType::kChar, normalization, generated_lines(100, 1));
}

std::vector<int> numbers_of(const Tokenizer& tokenizer, const std::string& line) {
  return word_numbers(line, tokenizer.cut(line));
}

// The pieces of a word are the word, for every kind of tokenizer.
TEST(WordNumbers, CountWhatWhiteSpaceSeparates) {
  const std::vector<std::string> lines = generated_lines(500, 1);
  for (const TokenizerType type : {TokenizerType::kBpe, TokenizerType::kUnigram, TokenizerType::kChar,
                                   TokenizerType::kWord, TokenizerType::kNone}) {
    const bool whole_words = type == TokenizerType::kWord || type == TokenizerType::kNone;
    const Tokenizer tokenizer = train(type, Normalization::kIdentity, lines, whole_words ? 9000 : 300);
    const auto words = split_tokens(lines.front());
    const std::vector<int32_t> ids = tokenizer.encode(lines.front());
    const std::vector<int> numbers = numbers_of(tokenizer, lines.front());
    ASSERT_EQ(numbers.size(), ids.size());
    for (int number = 0; number < static_cast<int>(words.size()); ++number) {
      std::vector<int32_t> word;
      for (size_t i = 0; i < ids.size(); ++i)
        if (numbers[i] == number) word.push_back(ids[i]);
      EXPECT_EQ(tokenizer.decode(word), words[static_cast<size_t>(number)]);
    }
  }
}

// What normalisation does to a line changes no index: U+FDFA becomes four words, U+00B4 gains a space, U+200B becomes
// one.
TEST(WordNumbers, AreOfTheLineAsItWasGiven) {
  const Tokenizer tokenizer = char_tokenizer(Normalization::kNmtNfkc);
  EXPECT_EQ(numbers_of(tokenizer, "a \uFDFA b").front(), 0);
  EXPECT_EQ(numbers_of(tokenizer, "a \uFDFA b").back(), 2);
  EXPECT_EQ(numbers_of(tokenizer, "a\u00B4 b").back(), 1);
  EXPECT_EQ(numbers_of(tokenizer, "ba\u200Bko li").back(), 1);
  EXPECT_EQ(numbers_of(tokenizer, "a\u00A0b\u3000c").back(), 2);  // white space of Unicode's
  EXPECT_EQ(numbers_of(tokenizer, " \t a   b ").back(), 1);
  EXPECT_EQ(numbers_of(tokenizer, "a \u00AD b").back(), 2);  // a word that normalisation may remove has its number
  EXPECT_THAT(numbers_of(tokenizer, " \u3000"), IsEmpty());
}

// Random lines of characters that normalisation changes, against a count of the words by hand.
TEST(WordNumbers, NeverReachBeyondTheLine) {
  const std::vector<std::string> parts = {" ",      "  ",     "\t",         "\u00A0", "\u3000", "\u200B", "a",
                                          "bo",     "\uFDFA", "\u00B4",     "\u00BD", "\uFB01", "\u00AD", "\u2581",
                                          "\u0301", ">>fr<<", "\U0001F600", "\u2028", "\u00A8"};
  RandomStream random(random_key(3, Purpose::kToy));
  for (const Normalization normalization :
       {Normalization::kNmtNfkc, Normalization::kIdentity, Normalization::kNfkcCf}) {
    const Tokenizer tokenizer = char_tokenizer(normalization);
    for (int trial = 0; trial < 3000; ++trial) {
      std::string line;
      for (uint64_t i = 0, count = random.below(12); i < count; ++i) line += parts[random.below(parts.size())];
      int words = 0;
      bool inside = false;
      for (const char32_t c : code_points(line)) {
        words += !is_white_space(c) && !inside;
        inside = !is_white_space(c);
      }
      const std::vector<int> numbers = numbers_of(tokenizer, line);
      ASSERT_TRUE(std::is_sorted(numbers.begin(), std::find(numbers.begin(), numbers.end(), -1))) << line;
      for (const int number : numbers) ASSERT_LT(number, words) << line;
    }
  }
}

TEST(WordNumbers, APieceIsAWordWhereTheScriptHasNoSpaces) {
  std::vector<std::string> lines = generated_lines(100, 1);
  lines.push_back("\u65E5\u672C");
  const Tokenizer tokenizer = train(TokenizerType::kChar, Normalization::kIdentity, lines);
  // Pieces of characters: a mark of the space before each word lies in that word.
  EXPECT_THAT(numbers_of(tokenizer, "a \u65E5\u672C b"), ElementsAre(0, 0, 1, 1, 2, 3, 3));
  EXPECT_THAT(numbers_of(tokenizer, "\u0E01\u0E02"), ElementsAre(0, 0));  // one unknown run: one piece
  EXPECT_THAT(numbers_of(tokenizer, "\uD55C\uAD6D \uB9D0").back(), 1);    // Korean has spaces
}

TEST(WordNumbers, PiecesOfOneCharacterAreOneWord) {
  const TemporaryDirectory directory("word_numbers");
  const std::string text = directory.write("text", generated_lines(300, 1)), prefix = directory / "model";
  ASSERT_TRUE(sentencepiece::SentencePieceTrainer::Train("--input=" + text + " --model_prefix=" + prefix +
                                                         " --model_type=bpe --vocab_size=500 --pad_id=3 "
                                                         "--minloglevel=4 --byte_fallback=true")
                  .ok());
  TokenizerConfig config;
  config.source_model = prefix + ".model";
  const Tokenizers bytes = make_tokenizers(config, {}, 1);
  // The mark, three bytes of each character.
  EXPECT_THAT(numbers_of(*bytes.source, "\u65E5\u672C"), ElementsAre(0, 0, 0, 0, 1, 1, 1));
}

}  // namespace
}  // namespace heed
