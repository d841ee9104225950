// What the commands of a model make of text and options: refused in one line, or read and scored as its config says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ToyRun;
using Words = std::vector<std::string>;

std::string with_directory(std::string word, const std::string& directory) {
  for (size_t at; (at = word.find('@')) != std::string::npos;) word.replace(at, 1, directory);
  return word;
}

// A model that was trained once for all tests. In commands and messages @ stands for the scratch directory.
class ModelInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    toy = new ToyRun;
    const Ended ended = toy->train({"--quiet"});
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
    put(toy->scratch() / "two", "a b c\nd e\n");
    put(toy->scratch() / "three", "a b c\nd e\nf\n");
    put(toy->scratch() / "latin1", "a b \xE9\nd e\n");
  }
  static void TearDownTestSuite() { delete toy; }

  static std::string directory() { return toy->scratch().path().string() + "/"; }
  static Ended heed(const Words& command, const std::string& input = "") {
    Words words;
    for (const std::string& word : command) words.push_back(with_directory(word, directory()));
    return toy->heed(words, input);
  }
  static nlohmann::json scores(Words command) {
    command.insert(command.end(), {"--json", "--quiet"});
    const Ended ended = heed(command);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return nlohmann::json::parse(ended.out).at("scores");
  }

  static ToyRun* toy;
};

ToyRun* ModelInput::toy = nullptr;

struct Refused {
  std::string name;
  Words command;
  int exit_code;
  std::string message;  // a part of it
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.name; }

class EveryRefusedInput : public ModelInput, public ::testing::WithParamInterface<Refused> {};

TEST_P(EveryRefusedInput, IsOneLineWithTheDocumentedExitCode) {
  const Ended ended = heed(GetParam().command);
  EXPECT_EQ(ended.exit_code, GetParam().exit_code) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(with_directory(GetParam().message, directory())));
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_EQ(contents(toy->scratch() / "two"), "a b c\nd e\n");
}

std::vector<Refused> conflicts() {
  return {
      {"NothingToScore", {"evaluate"}, 2, "evaluate needs MODEL, or --hypothesis FILE and at least one --reference"},
      {"SourceWithoutAModel",
       {"evaluate", "--source", "@two", "--reference", "@two"},
       2,
       "--source is what a model is"},
      {"SplitWithoutAModel",
       {"evaluate", "--split", "test", "--hypothesis", "@two", "--reference", "@two"},
       2,
       "--split is of a model's config: give MODEL"},
      {"OutputWithoutAModel",
       {"evaluate", "-o", "@out", "--hypothesis", "@two", "--reference", "@two"},
       2,
       "-o is for translations: give MODEL"},
      {"SpmWithoutAModel",
       {"evaluate", "--hypothesis", "@two", "--reference", "@two", "--tokenize", "spm"},
       2,
       "--tokenize spm cuts text into the pieces of a model's own tokenizer: give MODEL"},
      {"UnknownTokenizer", {"evaluate", "@run", "--tokenize", "14a"}, 2, "there are 13a, intl, char, zh, none, spm"},
      {"SourceAndSplit",
       {"evaluate", "@run", "--source", "@two", "--reference", "@two", "--split", "test"},
       2,
       "--source and --split both say what to translate"},
      {"SourceAndHypothesis",
       {"evaluate", "@run", "--source", "@two", "--reference", "@two", "--hypothesis", "@two"},
       2,
       "--hypothesis is scored as it is, but MODEL writes its own"},
      {"SourceWithoutReference", {"evaluate", "@run", "--source", "@two"}, 2, "--source and --reference go together"},
      {"ReferenceWithoutSource",
       {"evaluate", "@run", "--reference", "@two"},
       2,
       "--source and --reference go together"},
      {"TwoFilesInStandardInput",
       {"evaluate", "@run", "--source", "-", "--reference", "-"},
       2,
       "only one of the files can be standard input"},
      {"OutputIsAReference",
       {"evaluate", "@run", "--source", "@three", "--reference", "@two", "-o", "@two"},
       2,
       "-o @two is an input file (reference @two)"},
      {"KeysOfASplitBesideSource",
       {"evaluate", "@run", "--source", "@two", "--reference", "@two", "--data.test.source=@two"},
       2,
       "--data.test.source: a trained model's config is fixed; only --decode.*, --data.invalid_utf8, "
       "--eval.bleu_tokenize can"},
      {"KeysOfAnotherSplit",
       {"evaluate", "@run", "--data.validation.source=@two"},
       2,
       "--data.validation.source: a trained model's config is fixed; only --decode.*, --data.invalid_utf8, "
       "--data.test.*, --eval.bleu_tokenize can"},
      {"TokenizerGivenTwice",
       {"evaluate", "@run", "--tokenize", "char", "--eval.bleu_tokenize=zh"},
       2,
       "--eval.bleu_tokenize: a trained model's config is fixed"},
      {"KeysThatTranslateDoesNotReadBy",
       {"translate", "@run", "-i", "@two", "--data.test.source=@two"},
       2,
       "only --decode.*, --data.invalid_utf8 can be given here"},
  };
}

std::vector<Refused> texts() {
  return {
      {"CountsDiffer",
       {"evaluate", "@run", "--source", "@three", "--reference", "@two"},
       1,
       "@three has 3 lines but @two has 2: one line for each is expected"},
      {"CountsOfASecondReferenceDiffer",
       {"evaluate", "@run", "--source", "@two", "--reference", "@two", "--reference", "@three"},
       1,
       "@two has 2 lines but @three has 3"},
      {"NoSuchSource", {"evaluate", "@run", "--source", "@none", "--reference", "@two"}, 1, "@none: cannot be opened"},
      {"NoLines",
       {"evaluate", "@run", "--source", "/dev/null", "--reference", "/dev/null"},
       1,
       "/dev/null has no lines"},
      {"NoSourceOfTwo",
       {"evaluate", "@run", "--source", "/dev/null", "--reference", "@two"},
       1,
       "/dev/null has 0 lines but @two has 2"},
      {"Latin1Source",
       {"evaluate", "@run", "--source", "@latin1", "--reference", "@two"},
       1,
       "@latin1:1:5: invalid UTF-8 byte 0xE9; fix the file (where a model or its config is given, "
       "data.invalid_utf8: replace reads on)"},
      {"Latin1ToTranslate", {"translate", "@run", "-i", "@latin1", "-o", "@out"}, 1, "@latin1:1:5: invalid UTF-8"},
      {"Latin1ToScore", {"score", "@run", "--source", "@two", "--target", "@latin1"}, 1, "@latin1:1:5: invalid UTF-8"},
      {"Latin1ToLookAt",
       {"attention", "@run", "--source", "a \xE9", "-o", "@out.svg"},
       1,
       "--source: invalid UTF-8 at byte 3; --data.invalid_utf8=replace reads on"},
  };
}

std::vector<Refused> all() {
  std::vector<Refused> rows = conflicts();
  const std::vector<Refused> more = texts();
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Cli, EveryRefusedInput, ::testing::ValuesIn(all()),
                         [](const auto& row) { return row.param.name; });

TEST_F(ModelInput, AnyFileIsScoredAsASplitIs) {
  const std::string source = directory() + "data/validation.source", target = directory() + "data/validation.target";
  const auto expected = scores({"evaluate", "@run", "--split", "validation", "--metrics", "bleu,chrf"});
  EXPECT_EQ(scores({"evaluate", "@run", "--source", source, "--reference", target, "--metrics", "bleu,chrf"}),
            expected);
  EXPECT_EQ(scores({"evaluate", "@run", "--data.test.source=" + source, "--data.test.target=" + target, "--metrics",
                    "bleu,chrf"}),
            expected);
  EXPECT_NE(scores({"evaluate", "@run", "--metrics", "bleu,chrf"}), expected);
}

TEST_F(ModelInput, SeveralReferencesCountAsForAFileOfTranslations) {
  put(toy->scratch() / "other", "c b\nx e d\n");
  const auto found = scores(
      {"evaluate", "@run", "--source", "@two", "--reference", "@two", "--reference", "@other", "-o", "@written"});
  EXPECT_EQ(found, scores({"evaluate", "--hypothesis", "@written", "--reference", "@two", "--reference", "@other"}));
  EXPECT_THAT(found.at(0).at("signature").get<std::string>(), HasSubstr("nrefs:2|"));
}

TEST_F(ModelInput, TheConfigNamesTheTokenizerAndTheOptionOverridesIt) {
  const auto signature = [](const Words& options) {
    Words command = {"evaluate", "@run"};
    command.insert(command.end(), options.begin(), options.end());
    return scores(command).at(0).at("signature").get<std::string>();
  };
  EXPECT_THAT(signature({}), HasSubstr("|tok:13a|"));
  EXPECT_THAT(signature({"--eval.bleu_tokenize=char"}), HasSubstr("|tok:char|"));
  EXPECT_THAT(signature({"--tokenize", "intl"}), HasSubstr("|tok:intl|"));
  EXPECT_THAT(signature({"--tokenize", "spm"}), ::testing::ContainsRegex("\\|tok:spm-[0-9a-f]{8}\\|"));
}

TEST_F(ModelInput, ReferencesWithoutSpacesGetOneWarningThatNamesTheKey) {
  put(toy->scratch() / "japanese", "すべての人間は生まれながらにして自由である\n人間は理性と良心とを授けられている\n");
  const Words command = {"evaluate",  "@run",    "--source", "@two",      "--reference",
                         "@japanese", "--quiet", "--json",   "--metrics", "bleu,chrf"};
  const Ended ended = heed(command);
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("eval.bleu_tokenize"), HasSubstr("--tokenize")));
  EXPECT_EQ(ended.err.find("near 0", ended.err.find("near 0") + 1), std::string::npos) << ended.err;
  Words by_character = command;
  by_character.insert(by_character.end(), {"--tokenize", "char"});
  EXPECT_THAT(heed(by_character).err, Not(HasSubstr("near 0")));
}

TEST_F(ModelInput, TrainingGivesTheSameWarningAtItsStart) {
  put(toy->scratch() / "japanese", "すべての人間は生まれながらにして自由である\n人間は理性と良心とを授けられている\n");
  const Words command = {"train",
                         "@config.yaml",
                         "--quiet",
                         "--run.directory=@japanese_run",
                         "--train.max_steps=1",
                         "--overwrite",
                         "--data.validation.source=@two",
                         "--data.validation.target=@japanese"};
  EXPECT_THAT(heed(command).err, HasSubstr("set eval.bleu_tokenize"));
  Words by_character = command;
  by_character.emplace_back("--eval.bleu_tokenize=char");
  EXPECT_THAT(heed(by_character).err, ::testing::Not(HasSubstr("eval.bleu_tokenize")));
}

TEST_F(ModelInput, ValidationScoresAsEvaluateDoes) {
  const Ended trained = heed({"train", "@config.yaml", "--quiet", "--run.directory=@validated", "--overwrite",
                              "--train.validate_every=40", "--eval.bleu_tokenize=char"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  double validated = -1;
  std::istringstream metrics(contents(toy->scratch() / "validated" / "metrics.jsonl"));
  for (std::string line; std::getline(metrics, line);)
    if (const auto event = nlohmann::json::parse(line); event.at("event") == "validation")
      validated = event.at("scores").at("bleu").get<double>();
  const Words evaluate = {"evaluate", "@validated", "--split", "validation", "--decode.beam_size=1"};
  EXPECT_EQ(scores(evaluate).at(0).at("score").get<double>(), validated);
  Words otherwise = evaluate;
  otherwise.insert(otherwise.end(), {"--tokenize", "13a"});
  EXPECT_NE(scores(otherwise).at(0).at("score").get<double>(), validated);
}

TEST_F(ModelInput, EveryReaderTakesTheFateOfInvalidUtf8FromTheConfig) {
  const std::string replace = "--data.invalid_utf8=replace";
  for (const Words& command :
       std::vector<Words>{{"evaluate", "@run", "--source", "@latin1", "--reference", "@latin1"},
                          {"translate", "@run", "-i", "@latin1", "-o", "@out"},
                          {"score", "@run", "--source", "@latin1", "--target", "@latin1"},
                          {"inspect", "@run", "--attention", "@latin1"},
                          {"attention", "@run", "--source", "a \xE9", "--target", "\xE9", "-o", "@o.svg"},
                          {"export", "@run", "--format", "ctranslate2", "-o", "@exported", "--force", "--verify",
                           "--sample", "@latin1", "--python", "/nowhere/python"}}) {
    EXPECT_THAT(heed(command).err, HasSubstr("invalid UTF-8")) << command[0];
    Words replacing = command;
    replacing.insert(replacing.end(), {replace, "--quiet"});
    const Ended ended = heed(replacing);
    EXPECT_EQ(ended.exit_code, command[0] == "export" ? 3 : 0) << command[0] << ": " << ended.err;
  }
}

// Blank in both texts a line changes no score, and the lines behind it keep their partners.
TEST_F(ModelInput, ALineLeftOutCountsForNothing) {
  put(toy->scratch() / "source", "a b c\nb \xFF\nd e\n");
  put(toy->scratch() / "target", "c b a\nb b b b b b b\ne d\n");
  put(toy->scratch() / "source_left", "a b c\nd e\n");
  put(toy->scratch() / "target_left", "c b a\ne d\n");
  EXPECT_EQ(scores({"evaluate", "@run", "--source", "@source", "--reference", "@target", "--metrics", "bleu,chrf",
                    "--data.invalid_utf8=skip"}),
            scores({"evaluate", "@run", "--source", "@source_left", "--reference", "@target_left", "--metrics",
                    "bleu,chrf"}));
}

TEST_F(ModelInput, TranslationsThatAreCutGetOneWarning) {
  std::string many;
  for (int i = 0; i < 2500; ++i) many += "a b c d e f\n";  // more than are translated together
  put(toy->scratch() / "many", many);
  for (const Words& command :
       std::vector<Words>{{"translate", "@run", "-i", "@many", "-o", "@out", "--format", "jsonl"},
                          {"evaluate", "@run", "--source", "@many", "--reference", "@many"}}) {
    Words cutting = command;
    cutting.insert(cutting.end(), {"--decode.max_length=1", "--decode.beam_size=1", "--quiet"});
    const Ended ended = heed(cutting);
    EXPECT_EQ(ended.err,
              "warning: 2,500 of 2,500 translations cut before their end, 2,500 at decode.max_length (1 pieces)\n");
  }
  EXPECT_THAT(contents(toy->scratch() / "out"), HasSubstr("\"finished\":false"));
}

}  // namespace
}  // namespace heed
