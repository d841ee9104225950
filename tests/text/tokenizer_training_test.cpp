#include "text/tokenizer_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/logging.h"
#include "text/generated_text.h"
#include "text/training_lines.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TokenizerConfig small_bpe() {
  TokenizerConfig config;
  config.vocab_size = 120;
  return config;
}

class TokenizerTraining : public testing::Test {
 protected:
  void SetUp() override {
    sink_ = add_log_sink([this](LogLevel, const std::string& line) { log_.push_back(line); });
  }
  void TearDown() override { remove_log_sink(sink_); }

  TrainingTexts texts(const std::vector<std::string>& source, const std::vector<std::string>& target) const {
    return {.source = {directory_.write("train.en", source)}, .target = {directory_.write("train.de", target)}};
  }

  template <class Failure>
  static std::string error_of(const TokenizerConfig& config, const TrainingTexts& texts) {
    try {
      make_tokenizers(config, texts, 1);
    } catch (const Failure& error) {
      return error.what();
    }
    return "no such error";
  }

  TemporaryDirectory directory_{"tokenizer_training"};
  std::vector<std::string> log_;
  int sink_ = 0;
};

TEST_F(TokenizerTraining, SeparateTokenizersSeeTheirOwnSideOnly) {
  TokenizerConfig config = small_bpe();
  config.type = TokenizerType::kChar;
  config.shared = false;
  const Tokenizers tokenizers = make_tokenizers(config, texts({"aab"}, {"xxy"}), 1);
  EXPECT_FALSE(tokenizers.shared());
  EXPECT_TRUE(tokenizers.source->vocabulary().find("a"));
  EXPECT_FALSE(tokenizers.source->vocabulary().find("x"));
  EXPECT_FALSE(tokenizers.target->vocabulary().find("a"));
}

TEST_F(TokenizerTraining, AVocabularyTooLargeForTheTextNamesKeyAndLimit) {
  TokenizerConfig config = small_bpe();
  for (const TokenizerType type : {TokenizerType::kBpe, TokenizerType::kUnigram}) {
    config.type = type;
    config.vocab_size = 8000;
    EXPECT_THAT(error_of<ConfigError>(config, texts({"a few words"}, {"ein paar Worte"})),
                testing::MatchesRegex("tokenizer.vocab_size: Vocabulary size.* too high \\(8000\\).*<= [0-9]+.*"));
  }
}

TEST_F(TokenizerTraining, AVocabularyTooSmallForTheCharactersNamesTheKey) {
  TokenizerConfig config = small_bpe();
  config.vocab_size = 8;
  EXPECT_THAT(error_of<ConfigError>(config, texts({"abcdefghijkl"}, {"mnopqrstuv"})),
              HasSubstr("tokenizer.vocab_size: Vocabulary size is smaller than required_chars"));
}

TEST_F(TokenizerTraining, TextWithoutWordsIsRefused) {
  EXPECT_THAT(error_of<DataError>(small_bpe(), texts({}, {" "})), HasSubstr("holds no text to train on"));
}

TEST_F(TokenizerTraining, ErrorsOfTheTextComeThrough) {
  const TrainingTexts broken = texts(generated_lines(10, 1), {"gut",
                                                              "schl\xFF"
                                                              "echt"});
  EXPECT_EQ(error_of<DataError>(small_bpe(), broken),
            broken.target[0] +
                ":2:5: invalid UTF-8 byte 0xFF; fix the file (where a model or its config is given, data.invalid_utf8: "
                "replace reads on)");
}

TEST_F(TokenizerTraining, LinesTheLibraryCannotUseAreCountedAndLogged) {
  std::vector<std::string> source = generated_lines(300, 1);
  source.push_back(std::string(5000, 'a'));
  source.push_back("reserved \u2585");
  source.push_back("also \u2585");
  make_tokenizers(small_bpe(), texts(source, {}), 1);
  EXPECT_THAT(log_, ElementsAre("tokenizer: left out 3 training lines: 1 longer than 4192 bytes, 2 with the reserved "
                                "character U+2585"));
}

TEST_F(TokenizerTraining, SentencepieceItselfIsSilent) {
  testing::internal::CaptureStderr();
  make_tokenizers(small_bpe(), texts(generated_lines(300, 1), {}), 1);
  error_of<ConfigError>(TokenizerConfig{}, texts({"abc"}, {"def"}));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(TokenizerTraining, UserSymbolsArePiecesAndNeverSplit) {
  TokenizerConfig config = small_bpe();
  config.user_symbols = {"<name>", "a,b\"c"};
  const Tokenizers tokenizers = make_tokenizers(config, texts(generated_lines(300, 1), {}), 1);
  for (const std::string& symbol : config.user_symbols) {
    const auto id = tokenizers.source->vocabulary().find(symbol);
    ASSERT_TRUE(id) << symbol;
    EXPECT_THAT(tokenizers.source->encode("ba" + symbol + "ko"), testing::Contains(*id));
    EXPECT_THAT(tokenizers.source->encode_sampled("ba" + symbol + "ko", 1, RandomStream(1)), testing::Contains(*id));
  }
}

TEST_F(TokenizerTraining, AGivenModelIsUsedAsItIs) {
  const TrainingTexts first = texts(generated_lines(300, 1), generated_lines(300, 2));
  const Tokenizers trained = make_tokenizers(small_bpe(), first, 1);
  TokenizerConfig config = small_bpe();
  config.source_model = directory_.write("given.model", trained.source->model_bytes());
  const Tokenizers given = make_tokenizers(config, texts({"other text"}, {}), 1);
  EXPECT_EQ(given.fingerprint(), trained.fingerprint());
  config.source_model = directory_ / "missing.model";
  EXPECT_THAT(error_of<Error>(config, first), HasSubstr("missing.model"));
}

TEST_F(TokenizerTraining, DrawnLinesAreASampleInOrderThatTheSeedDecides) {
  std::vector<std::string> numbers;
  for (int i = 0; i < 1000; ++i) numbers.push_back(std::to_string(10000 + i));
  const std::string file = directory_.write("numbers", numbers);
  const auto draw = [&](uint64_t seed) { return draw_lines(TrainingLines({file}, Utf8Policy::kError), 100, seed); };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
  EXPECT_THAT(draw(1), testing::WhenSorted(testing::ElementsAreArray(draw(1))));
  // Each line is drawn with probability 1/10: over 400 seeds the first and the last line about 40 times, sigma 6.
  int first = 0, last = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const auto lines = draw(seed);
    ASSERT_EQ(lines.size(), 100u);
    first += lines.front() == numbers.front();
    last += lines.back() == numbers.back();
  }
  EXPECT_NEAR(first, 40, 24);
  EXPECT_NEAR(last, 40, 24);
}

}  // namespace
}  // namespace heed
