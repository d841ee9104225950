#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands.h"
#include "core/error.h"
#include "decode/translator.h"
#include "support/scratch_directory.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

using ::testing::HasSubstr;
using testing::some_lines;
using Lines = std::vector<std::string>;

// The commands on files in a directory of their own, with a checkpoint at `model` and some_lines(8) at `source`.
class TranslateCommand : public ::testing::Test {
 protected:
  TranslateCommand() {
    write_checkpoint(scratch_ / "model", testing::checkpoint_of(model_, tokenizers_));
    put(scratch_ / "source", joined(some_lines(8)));
  }

  static std::string joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  Lines lines_of(const std::string& name) const {
    std::istringstream file(contents(scratch_ / name));
    Lines lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  // Runs "heed COMMAND", in which @ stands for the directory.
  void run(std::string command) const {
    const std::string directory = scratch_.path().string() + "/";
    for (size_t at; (at = command.find('@')) != std::string::npos;) command.replace(at, 1, directory);
    CLI::App app;
    add_translate_command(app);
    add_score_command(app);
    app.parse(command + " --threads 1");
  }

  template <class Expected>
  std::string message_of(const std::string& command) const {
    try {
      run(command);
    } catch (const Expected& error) {
      return error.what();
    }
    return "";
  }

  std::vector<Translation> expected(const Lines& lines) {
    return Translator(model_, tokenizers_, testing::decoding(), {256}).translate(lines);
  }

  EncoderDecoder model_ = testing::ending_model();
  Tokenizers tokenizers_ = testing::shared_tokenizers();
  ScratchDirectory scratch_;
};

TEST_F(TranslateCommand, WritesOneLineForEachLineAcrossWindows) {
  Lines lines;
  for (int64_t i = 0; i < 2003; ++i) lines.push_back(i % 5 == 0 ? "" : some_lines(4)[static_cast<size_t>(i % 4)]);
  put(scratch_ / "many", joined(lines));
  run("translate @model -i @many -o @out --decode.n_best=1 --decode.beam_size=5");
  Lines texts;
  for (const Translation& translation : expected(lines)) texts.push_back(translation.text);
  EXPECT_EQ(lines_of("out"), texts);
}

TEST_F(TranslateCommand, ListsTheNBestWithTheNumberOfTheLine) {
  run("translate @model -i @source -o @out --n-best 2");
  const auto translations = expected(some_lines(8));
  Lines fields;
  for (const std::string& line : lines_of("out")) fields.push_back(line.substr(0, line.rfind(" ||| ")));
  Lines wanted;
  for (size_t i = 0; i < translations.size(); ++i)
    for (size_t k = 0; k < std::min<size_t>(2, translations[i].hypotheses.size()); ++k)
      wanted.push_back(std::to_string(i) + " ||| " + translations[i].hypotheses[k].text);
  EXPECT_EQ(fields, wanted);
}

// Whatever a text holds, " ||| " parts three fields; jsonl leaves the text as it is.
TEST_F(TranslateCommand, AListsTextHoldsNoSeparator) {
  std::vector<std::string> pieces = tokenizers_.target->vocabulary().pieces();
  for (size_t i = 4; i < pieces.size(); ++i) pieces[i] = std::string(1 + i % 5, '|') + std::to_string(i);
  const auto bars = std::make_shared<Tokenizer>(Tokenizer::from_tokens(Vocabulary(pieces, SpecialIds{}, "test")));
  write_checkpoint(scratch_ / "bars", testing::checkpoint_of(model_, {tokenizers_.source, bars}));
  run("translate @bars -i @source -o @list --n-best 3");
  run("translate @bars -i @source -o @json --n-best 3 --format jsonl");
  Lines texts, wanted;
  for (const std::string& line : lines_of("list")) {
    const size_t first = line.find(" ||| "), last = line.rfind(" ||| ");
    texts.push_back(line.substr(first + 5, last - first - 5));
    EXPECT_EQ(texts.back().find("|||"), std::string::npos);
    for (size_t at; (at = texts.back().find("&#124;")) != std::string::npos;) texts.back().replace(at, 6, "|");
  }
  for (const std::string& line : lines_of("json")) {
    const auto translation = nlohmann::json::parse(line);
    for (const auto& one : translation.at("hypotheses")) wanted.push_back(one.at("translation"));
  }
  EXPECT_EQ(texts, wanted);
  EXPECT_THAT(wanted, ::testing::Contains(HasSubstr("|||")));
}

TEST_F(TranslateCommand, JsonHoldsEveryNumberInFull) {
  run("translate @model -i @source -o @out --format jsonl");
  const auto translations = expected(some_lines(8));
  const Lines lines = lines_of("out");
  ASSERT_EQ(lines.size(), translations.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto line = nlohmann::json::parse(lines[i]);
    EXPECT_EQ(line.at("translation"), translations[i].text);
    EXPECT_EQ(line.at("score").get<double>(), translations[i].score);
    EXPECT_EQ(line.at("log_probability").get<double>(), translations[i].log_probability);
    EXPECT_EQ(line.at("finished").get<bool>(), translations[i].finished);
    ASSERT_EQ(line.at("hypotheses").size(), translations[i].hypotheses.size());
    EXPECT_EQ(line.at("hypotheses").back().at("translation"), translations[i].hypotheses.back().text);
  }
}

TEST_F(TranslateCommand, NoticesOutputThatCannotBeWritten) {
  EXPECT_THAT(message_of<Error>("translate @model -i @source -o /dev/full"),
              HasSubstr("/dev/full: cannot be written: No space left"));
  EXPECT_THAT(message_of<Error>("translate @model -i @source -o @nowhere/out"), HasSubstr("No such file"));
}

TEST_F(TranslateCommand, NamesTheLineThatIsNotUtf8) {
  put(scratch_ / "bad", "w5\nw6 \xff\n");
  EXPECT_THAT(message_of<DataError>("translate @model -i @bad -o @out"), HasSubstr("bad:2:4: "));
}

TEST_F(TranslateCommand, RefusesWhatItCannotDo) {
  EXPECT_THAT(message_of<ConfigError>("translate @model -i @source -o @source"), HasSubstr("is an input file"));
  EXPECT_EQ(lines_of("source"), some_lines(8));
  EXPECT_THAT(message_of<ConfigError>("translate @model -i @source --n-best 6"), HasSubstr("decode.n_best"));
  EXPECT_THAT(message_of<ConfigError>("translate @model -i @source --model.d_ff=3"), HasSubstr("--model.d_ff"));
  EXPECT_THAT(message_of<ConfigError>("translate @model -i @source --beams"), HasSubstr("'--beams'"));
}

TEST_F(TranslateCommand, ScoreOfATranslationReadsBackAsItsLogProbability) {
  Lines sources, targets;
  std::vector<double> wanted;
  const Lines lines = some_lines(8);
  const auto translations = expected(lines);
  for (size_t i = 0; i < lines.size(); ++i) {
    const Translation& found = translations[i];
    if (!found.finished) continue;
    sources.push_back(lines[i]);
    targets.push_back(found.text);
    wanted.push_back(found.log_probability);
  }
  ASSERT_GT(wanted.size(), 3u);
  put(scratch_ / "sources", joined(sources));
  put(scratch_ / "targets", joined(targets));
  run("score @model --source @sources --target @targets -o @scores");
  std::vector<double> scores;
  for (const std::string& line : lines_of("scores")) scores.push_back(std::stod(line));
  EXPECT_EQ(scores, wanted);
}

TEST_F(TranslateCommand, ScoreNamesBothCountsOfFilesThatAreNotParallel) {
  put(scratch_ / "short", joined(some_lines(5)));
  EXPECT_THAT(message_of<DataError>("score @model --source @source --target @short -o @out"),
              AllOf(HasSubstr("source has 8 lines"), HasSubstr("short has 5")));
  EXPECT_THAT(message_of<DataError>("score @model --source @short --target @source -o @out"),
              AllOf(HasSubstr("short has 5 lines"), HasSubstr("source has 8")));
}

}  // namespace
}  // namespace heed
