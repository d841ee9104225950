// What `heed translate` can be asked of a search.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/toy_run.h"

namespace heed {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::ToyRun;
using Words = std::vector<std::string>;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class SearchOf : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    toy = new ToyRun("reverse", "60");
    ASSERT_EQ(toy->train({"--quiet"}).exit_code, 0);
    ASSERT_EQ(
        toy->train({"--quiet", "--run.directory=" + other(), "--run.seed=2", "--model.decoder=recurrent"}).exit_code,
        0);
    put(source(), text(kLines));
  }
  static void TearDownTestSuite() { delete toy; }

  static std::string text(const Words& lines) {
    std::string joined;
    for (const std::string& line : lines) joined += line + "\n";
    return joined;
  }
  static std::string model() { return toy->directory(); }
  static std::string other() { return toy->scratch() / "other"; }
  static std::string source() { return toy->scratch() / "lines"; }

  static Ended translate(const Words& models, const Words& options) {
    Words words = {"translate"};
    words.insert(words.end(), models.begin(), models.end());
    words.insert(words.end(), {"-i", source()});
    words.insert(words.end(), options.begin(), options.end());
    return toy->heed(words);
  }

  static inline ToyRun* toy = nullptr;
  static inline const Words kLines = {"31 14 25", "7 9", "11 12 13 14", "7 9", "40"};
};

TEST_F(SearchOf, AModelBesideItselfIsThatModelAndUnlikeKindsGoTogether) {
  const Words options = {"--format", "jsonl", "--n-best", "3"};
  const std::string alone = translate({model()}, options).out;
  EXPECT_EQ(translate({model(), model()}, options).out, alone);
  const Ended together = translate({model(), other()}, options);
  EXPECT_EQ(together.exit_code, 0) << together.err;
  EXPECT_NE(together.out, alone);
  EXPECT_EQ(lines_of(together.out).size(), 5u);
}

TEST_F(SearchOf, ModelsOfOtherWordsAreRefused) {
  const std::string stranger = toy->scratch() / "stranger";
  ASSERT_EQ(
      toy->train({"--quiet", "--run.directory=" + stranger, "--tokenizer.type=char", "--train.max_steps=2"}).exit_code,
      0);
  const Ended ended = translate({model(), stranger}, {});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr(stranger + ": expected the tokenizer of " + model() + ", found another"));
}

TEST_F(SearchOf, SamplesGoByTheLineAndTheSeed) {
  const Words options = {"--decode.sampling=true", "--n-best=2", "--decode.max_length=12"};
  const auto first = lines_of(translate({model()}, options).out);
  EXPECT_EQ(lines_of(translate({model()}, options).out), first);
  const auto with_seed = [&](const std::string& seed) {
    Words words = options;
    words.push_back("--decode.sampling_seed=" + seed);
    return lines_of(translate({model()}, words).out);
  };
  EXPECT_EQ(with_seed("1"), first);
  EXPECT_NE(with_seed("2"), first);
  const Words one = {"--decode.sampling=true", "--decode.max_length=12"};
  const auto each = lines_of(translate({model()}, one).out);
  ASSERT_EQ(each.size(), 5u);
  EXPECT_EQ(each[1], each[3]);  // the same line
}

// Against the list of the same draws, by sacreBLEU's own scores: tests/interop/minimum_risk.py.
TEST_F(SearchOf, MinimumRiskGivesOneLineALineAndItsUtility) {
  Words options = {"--decode.sampling=true", "--decode.max_length=12", "--decode.mbr=chrf",
                   "--decode.mbr_candidates=9"};
  const Ended one = translate({model()}, options);
  ASSERT_EQ(one.exit_code, 0) << one.err;
  const auto best = lines_of(one.out);
  ASSERT_EQ(best.size(), 5u);
  EXPECT_EQ(best[1], best[3]);
  options.insert(options.end(), {"--n-best", "2"});
  const auto list = lines_of(translate({model()}, options).out);
  EXPECT_THAT(list[0], StartsWith("0 ||| " + best[0] + " ||| "));
  EXPECT_EQ(lines_of(translate({model()}, {"--decode.mbr=bleu"}).out).size(), 5u);  // of the beam
  const Ended refused = translate({model()}, {"--decode.mbr=bleu", "--decode.mbr_candidates=6"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("decode.mbr_candidates must be at most decode.beam_size (5)"));
}

TEST_F(SearchOf, WordScoresAreSumsOfThoseOfThePieces) {
  put(source(), text({"31 14 25", "", "7 9", "11 12 13 14", "7 9", "40"}));
  const Ended ended = translate({model()}, {"--format", "jsonl", "--word-scores"});
  put(source(), text(kLines));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  for (const std::string& line : lines_of(ended.out)) {
    const auto json = nlohmann::json::parse(line);
    const auto& pieces = json.at("piece_scores");
    double sum = 0, of_words = 0;
    for (const double score : pieces) sum += score;
    for (const double score : json.at("word_scores")) of_words += score;
    EXPECT_EQ(sum, json.at("log_probability").get<double>());
    EXPECT_EQ(json.at("pieces").size(), pieces.size());
    if (json.at("translation") == "") continue;
    const double of_end = json.at("finished") ? pieces.back().get<double>() : 0;
    EXPECT_NEAR(of_words + of_end, sum, 1e-12);
    EXPECT_EQ(json.at("pieces").back() == "</s>", json.at("finished").get<bool>());
  }
  const Ended refused = translate({model()}, {"--word-scores"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--word-scores needs --format jsonl"));
}

TEST_F(SearchOf, PrefixesBeginTheTranslations) {
  const std::string prefixes = toy->scratch() / "prefixes";
  put(prefixes, text({"14 14", "", "7", "9 9 9", "31"}));
  const Ended ended = translate({model()}, {"--prefix", prefixes});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const auto lines = lines_of(ended.out), free = lines_of(translate({model()}, {}).out);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines[0], StartsWith("14 14"));
  EXPECT_EQ(lines[1], free[1]);
  EXPECT_THAT(lines[2], StartsWith("7"));
  EXPECT_THAT(lines[3], StartsWith("9 9 9"));
}

TEST_F(SearchOf, PrefixesMustBeOneForEachLineInTheModelsWords) {
  const std::string prefixes = toy->scratch() / "bad_prefixes";
  for (const auto& [given, complaint] :
       {std::pair(Words{"7", "7", "7"}, "bad_prefixes: 3 prefixes, but more lines to translate"),
        std::pair(Words{"7", "7", "7", "7", "7", "7"}, "more prefixes than lines of"),
        std::pair(Words{"7", "seven", "7", "7", "7"},
                  "prefix 2: it has a word or character that the model has no piece for")}) {
    put(prefixes, text(given));
    const Ended ended = translate({model()}, {"--prefix", prefixes, "-o", toy->scratch() / "out"});
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_THAT(ended.err, HasSubstr(complaint));
    EXPECT_FALSE(std::filesystem::exists(toy->scratch() / "out"));
  }
}

TEST_F(SearchOf, PhrasesStandInTheTranslationsAndAvoidedOnesDoNot) {
  const std::string phrases = toy->scratch() / "phrases", avoided = toy->scratch() / "avoided";
  put(phrases, text({"14 14\t7", "", "9 9 9", "7\t \t7", "31"}));
  const auto free = lines_of(translate({model()}, {}).out);
  put(avoided, text({"", free[1], "", "", ""}));
  const Ended ended = translate({model()}, {"--phrases", phrases, "--avoid", avoided});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const auto lines = lines_of(ended.out);
  ASSERT_EQ(lines.size(), 5u);
  const auto padded = [&](size_t line) { return " " + lines[line] + " "; };
  EXPECT_THAT(padded(0), AllOf(HasSubstr(" 14 14 "), HasSubstr(" 7 ")));
  EXPECT_THAT(lines[1], Not(HasSubstr(free[1])));
  EXPECT_THAT(padded(2), HasSubstr(" 9 9 9 "));
  EXPECT_THAT(padded(3), ContainsRegex(" 7 (.* )?7 "));
  EXPECT_THAT(padded(4), HasSubstr(" 31 "));
  EXPECT_EQ(translate({model()}, {"--phrases", phrases, "--avoid", avoided, "--decode.batch_tokens=1"}).out, ended.out);
}

TEST_F(SearchOf, PhrasesThatCannotBeAreRefused) {
  const std::string phrases = toy->scratch() / "bad_phrases";
  put(phrases, text({"", "7 7 7 7 7\t9", "", "", ""}));
  const auto refused = [&](int exit_code, const Words& options) {
    Words words = {"--phrases", phrases};
    words.insert(words.end(), options.begin(), options.end());
    const Ended ended = translate({model()}, words);
    EXPECT_EQ(ended.exit_code, exit_code);
    EXPECT_EQ(ended.out, "");
    return ended.err;
  };
  EXPECT_THAT(refused(1, {"--decode.max_length=5"}),
              HasSubstr("phrases 2: 6 pieces, but the translation of its line may have 5"));
  EXPECT_THAT(refused(2, {"--decode.sampling=true"}), HasSubstr("decode.sampling must be false"));
  EXPECT_THAT(refused(2, {"--decode.beam_groups=2", "--decode.beam_size=4"}),
              HasSubstr("decode.beam_groups must be 1"));
}

// What is given is no choice: rules judge what comes after it.
TEST_F(SearchOf, PrefixesAreTakenBesideRulesThatTheyBreak) {
  const std::string prefixes = toy->scratch() / "repeating";
  put(prefixes, text({"9 9 9", "7 7", "9 9 9", "7 7", "1 1"}));
  for (const Words& kind : {Words{"--decode.beam_size=3"}, Words{"--decode.beam_size=4", "--decode.beam_groups=2"},
                            Words{"--decode.sampling=true"}}) {
    Words options = {"--prefix", prefixes, "--decode.no_repeat_ngram_size=1"};
    options.insert(options.end(), kind.begin(), kind.end());
    const Ended ended = translate({model()}, options);
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
    const auto lines = lines_of(ended.out);
    ASSERT_EQ(lines.size(), 5u);
    EXPECT_THAT(lines[0], StartsWith("9 9 9 "));
    EXPECT_THAT(lines[1], StartsWith("7 7 "));
    EXPECT_EQ(lines[1], lines[3]);
  }
}

TEST_F(SearchOf, PrefixesEndBeforeTheTranslationMust) {
  const std::string prefixes = toy->scratch() / "long_prefixes";
  std::string many;
  for (int i = 0; i < 20; ++i) many += "7 ";
  put(prefixes, text({"", "", "", "", many}));
  const Ended ended = translate({model()}, {"--prefix", prefixes});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("prefix 5: 20 pieces, but the translation of its line may have 16"));
  EXPECT_EQ(toy->heed({"translate", model(), "--prefix", "-"}, "7\n").exit_code, 2);
}

TEST_F(SearchOf, AKeyAndItsValueMayBeTwoWords) {
  const Ended two = translate({model()}, {"--decode.beam_size", "2"});
  EXPECT_EQ(two.exit_code, 0) << two.err;
  EXPECT_EQ(two.out, translate({model()}, {"--decode.beam_size=2"}).out);
  const Ended together = translate({model(), "--decode.beam_size", "2", model()}, {});
  EXPECT_EQ(together.exit_code, 0) << together.err;
  EXPECT_EQ(together.out, two.out);
}

TEST_F(SearchOf, EverySampleIsListed) {
  const Words options = {"--decode.sampling=true", "--n-best=7", "--decode.temperature=0.01", "--decode.max_length=9"};
  EXPECT_EQ(lines_of(translate({model()}, options).out).size(), 5u * 7u);  // nearly all alike
}

TEST_F(SearchOf, RulesHoldInEveryKindOfSearch) {
  for (const Words& kind : {Words{"--decode.beam_size=1"}, Words{"--decode.beam_size=4"},
                            Words{"--decode.beam_size=4", "--decode.beam_groups=2"}, Words{"--decode.sampling=true"}}) {
    Words options = {"--decode.min_length=6", "--decode.max_length=9", "--decode.no_repeat_ngram_size=1"};
    options.insert(options.end(), kind.begin(), kind.end());
    const Ended ended = translate({model()}, options);
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
    for (const std::string& line : lines_of(ended.out)) {
      std::istringstream stream(line);
      Words words;
      for (std::string word; stream >> word;) words.push_back(word);
      EXPECT_GE(words.size(), 6u) << line;
      EXPECT_LE(words.size(), 9u) << line;
      std::sort(words.begin(), words.end());
      EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end()) << line;
    }
  }
}

TEST_F(SearchOf, MoreThanMayBeIsRefused) {
  const Ended ended = translate({model()}, {"--decode.min_length=41"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("decode.min_length must be at most decode.max_length (40), got 41"));
}

TEST_F(SearchOf, GroupsThatDoNotDivideTheBeamAreRefused) {
  const Ended ended = translate({model()}, {"--decode.beam_size=5", "--decode.beam_groups=2"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("decode.beam_groups must divide decode.beam_size (5), got 2"));
}

}  // namespace
}  // namespace heed
