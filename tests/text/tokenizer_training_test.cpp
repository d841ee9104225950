#include "text/tokenizer_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <future>

#include "core/error.h"
#include "core/interruption.h"
#include "core/logging.h"
#include "core/utf8.h"
#include "core/work.h"
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

// The number in the message is the largest size that works.
TEST_F(TokenizerTraining, AVocabularyTooLargeForTheTextNamesKeyAndLimit) {
  TokenizerConfig config = small_bpe();
  const TrainingTexts few = texts({"a few words"}, {"ein paar Worte"});
  for (const TokenizerType type : {TokenizerType::kBpe, TokenizerType::kUnigram}) {
    config.type = type;
    config.vocab_size = 8000;
    const std::string message = error_of<ConfigError>(config, few);
    const std::string before = "tokenizer.vocab_size is 8000, but the training text has only ";
    ASSERT_THAT(message, testing::MatchesRegex(before + "([0-9]+) pieces to give: set it to [0-9]+ or less"));
    config.vocab_size = std::stoi(message.substr(before.size()));
    EXPECT_EQ(make_tokenizers(config, few, 1).source->vocabulary().size(), config.vocab_size);
    ++config.vocab_size;
    EXPECT_THAT(error_of<ConfigError>(config, few), HasSubstr("tokenizer.vocab_size"));
  }
}

TEST_F(TokenizerTraining, AVocabularyTooSmallForTheCharactersNamesKeysAndLimit) {
  TokenizerConfig config = small_bpe();
  const TrainingTexts many = texts({"abcdefghijkl"}, {"mnopqrstuv"});
  for (const TokenizerType type : {TokenizerType::kBpe, TokenizerType::kUnigram}) {
    config.type = type;
    config.vocab_size = 8;
    EXPECT_EQ(error_of<ConfigError>(config, many),
              "tokenizer.vocab_size is 8, but the characters of the training text alone need 27: set it to 27 or more, "
              "or lower tokenizer.character_coverage");
    config.vocab_size = 27;
    EXPECT_EQ(make_tokenizers(config, many, 1).source->vocabulary().size(), 27);
  }
}

TEST_F(TokenizerTraining, TheSideIsNamedWhereVocabulariesAreSeparate) {
  TokenizerConfig config = small_bpe();
  config.shared = false;
  EXPECT_THAT(error_of<ConfigError>(config, texts(generated_lines(300, 1), {"kurz"})),
              HasSubstr("but the target text has"));
  EXPECT_EQ(error_of<DataError>(config, texts({"\u3000"}, {"kurz"})),
            "tokenizer: the source text is blank: nothing to train on");
}

TEST_F(TokenizerTraining, ASymbolThatTheVocabularyHasAlreadyNamesTheKey) {
  TokenizerConfig config = small_bpe();
  config.user_symbols = {"<x>", "<x>"};  // a config's rules refuse that; sentencepiece has the last word
  EXPECT_THAT(error_of<ConfigError>(config, texts(generated_lines(300, 1), {})),
              HasSubstr("tokenizer.user_symbols holds"));
}

TEST_F(TokenizerTraining, TextWithoutWordsIsRefused) {
  EXPECT_THAT(error_of<DataError>(small_bpe(), texts({}, {" "})), HasSubstr("nothing to train on"));
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

TEST_F(TokenizerTraining, TheReservedCharacterIsReadAsASpaceAndCounted) {
  std::vector<std::string> source = generated_lines(300, 1);
  TokenizerConfig config = small_bpe();
  config.type = TokenizerType::kChar;
  source.push_back("a\u2585\u0416\u2585b");
  source.push_back("\u2585");
  const Tokenizers tokenizers = make_tokenizers(config, texts(source, {}), 1);
  EXPECT_THAT(log_, ElementsAre("tokenizer: 2 lines of the training text hold U+2585, which sentencepiece reserves: it "
                                "was read as a space"));
  EXPECT_TRUE(tokenizers.source->vocabulary().find("\u0416"));
}

// The words of one long line make the vocabulary that the same words make in short ones.
TEST_F(TokenizerTraining, LongLinesAreSeenWhole) {
  const std::vector<std::string> lines = generated_lines(2000, 1);
  std::string long_line;
  for (const std::string& line : lines) long_line += line + " ";
  ASSERT_GT(long_line.size(), 40000u);
  const Tokenizers expected = make_tokenizers(small_bpe(), texts(lines, {}), 1);
  const Tokenizers found = make_tokenizers(small_bpe(), texts({long_line}, {}), 1);
  EXPECT_EQ(found.source->vocabulary().pieces(), expected.source->vocabulary().pieces());
  EXPECT_THAT(log_, testing::IsEmpty());
}

TEST_F(TokenizerTraining, ALongRunWithoutSpacesIsCutBetweenCharacters) {
  TokenizerConfig config = small_bpe();
  config.type = TokenizerType::kChar;
  std::string run;
  for (int i = 0; i < 20000; ++i) run += i % 2 ? "\u65E5" : "\u00E9";  // of 3 and 2 bytes
  run += "\u0416";
  const Tokenizers tokenizers = make_tokenizers(config, texts({run}, {}), 1);
  EXPECT_EQ(tokenizers.source->vocabulary().size(), 4 + 4);  // the space, three characters: none was cut in two
  EXPECT_THAT(tokenizers.source->encode("\u65E5\u00E9\u0416"), testing::Not(testing::Contains(1)));
}

TEST_F(TokenizerTraining, ATabIsASpace) {
  for (const Normalization normalization : {Normalization::kIdentity, Normalization::kNmtNfkc}) {
    TokenizerConfig config = small_bpe();
    config.normalization = normalization;
    const Tokenizers tokenizers = make_tokenizers(config, texts(generated_lines(300, 1), {"ba\tko"}), 1);
    EXPECT_EQ(tokenizers.source->encode("ba\tko"), tokenizers.source->encode("ba ko"));
  }
}

// Every character of Unicode but tab, and those that sentencepiece has a meaning for: NUL, space, U+2581, U+2585,
// U+FFFD.
TEST_F(TokenizerTraining, IdentityLeavesAllOtherTextAsItIs) {
  const Tokenizers tokenizers = make_tokenizers(small_bpe(), texts(generated_lines(300, 1), {}), 1);
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    const bool special =
        c == ' ' || c == '\t' || c == 0x2581 || c == 0x2585 || (c >= 0xD800 && c <= 0xDFFF) || c == 0xFFFD;
    if (special) continue;
    std::string text = "a";
    append_utf8(c, text);
    ASSERT_EQ(tokenizers.source->normalized(text), "\u2581" + text) << static_cast<uint32_t>(c);
  }
  TokenizerConfig config = small_bpe();
  config.type = TokenizerType::kChar;
  const std::string line = "\uFF11\u00BD\u2026\u00A0x\u00B2 e\u0301\u3000\uFDFA\u200B.";
  const Tokenizers characters = make_tokenizers(config, texts({line}, {}), 1);
  EXPECT_EQ(characters.source->decode(characters.source->encode(line)), line);
}

TEST(TakePart, CutsAtSpacesAndOtherwiseBetweenCharacters) {
  const auto parts = [](std::string_view line, size_t limit) {
    std::vector<std::string> found;
    while (!line.empty()) found.emplace_back(take_part(line, limit));
    return found;
  };
  EXPECT_THAT(parts("one two three", 20), ElementsAre("one two three"));
  EXPECT_THAT(parts("one two three", 7), ElementsAre("one two", " three"));
  EXPECT_THAT(parts("one two three", 6), ElementsAre("one", " two", " three"));
  EXPECT_THAT(parts("abcdefgh ij", 4), ElementsAre("abcd", "efgh", " ij"));
  EXPECT_THAT(parts("\u65E5\u65E5\u65E5", 7), ElementsAre("\u65E5\u65E5", "\u65E5"));
  EXPECT_THAT(parts("a\tb", 2), ElementsAre("a", "\tb"));
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
  std::atomic<int64_t> lines_read = 0;
  const auto draw = [&](uint64_t seed) {
    return draw_lines(TrainingLines({file}, Utf8Policy::kError, lines_read), 100, seed);
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
  EXPECT_EQ(lines_read, 4000);  // of the four calls above
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

// What the work of a training said, in order, each thing once.
std::vector<std::string> observed(const std::function<void()>& training) {
  std::vector<std::string> said;
  set_work_observer([&](WorkEvent event, const WorkReport& report) {
    if (event == WorkEvent::kBegin) said.push_back(report.what + "|" + report.unit);
  });
  training();
  set_work_observer({});
  return said;
}

TEST_F(TokenizerTraining, SaysWhatItDoes) {
  const TrainingTexts lines = texts(generated_lines(300, 1), {});
  TokenizerConfig config = small_bpe();
  EXPECT_THAT(observed([&] { make_tokenizers(config, lines, 1); }),
              ElementsAre("reading text for the vocabulary|lines", "training the bpe vocabulary of 120 pieces|"));
  config.type = TokenizerType::kNone;
  EXPECT_THAT(observed([&] { make_tokenizers(config, lines, 1); }),
              ElementsAre("reading text for the vocabulary|lines"));
}

// In a process of its own, which ends as `main` does: the library goes on in its thread and is left behind.
TEST_F(TokenizerTraining, AnInterruptionIsAnsweredWhileTheLibraryWorks) {
  TokenizerConfig config;
  config.type = TokenizerType::kUnigram;
  config.vocab_size = 3000;
  const TrainingTexts lines = texts(generated_lines(60000, 1), {});
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::promise<void> heard;
    const SignalListener listener([&] { heard.set_value(); });
    std::atomic<std::chrono::steady_clock::time_point> asked{};
    set_work_observer([&](WorkEvent event, const WorkReport& report) {
      if (event != WorkEvent::kBegin || !report.what.starts_with("training")) return;
      asked = std::chrono::steady_clock::now();
      kill(getpid(), SIGINT);
    });
    try {
      make_tokenizers(config, lines, 1);
    } catch (const Interrupted&) {
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - asked.load();
      _exit(taken.count() < 1 ? 42 : 43);
    }
    _exit(44);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 42);  // 43: answered late, 44: trained to its end
}

}  // namespace
}  // namespace heed
