// Text that others wrote (a file's name, a key, a line, a checkpoint) never gives the terminal or a log orders.
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/checkpoint.h"
#include "core/utf8.h"
#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using testing::ToyRun;

constexpr int kOk = 0, kRuntimeError = 1, kUsageError = 2;

// Wipes a terminal, sets its title and turns what follows around.
const std::string kOrders = "\x1b[2J\x1b]0;owned\x07\u202e\u009b";
const std::string kShown = "\\x1b[2J\\x1b]0;owned\\x07\\u202e\\u009b";

// No control characters but the ends of lines.
bool gives_no_orders(const std::string& text) {
  if (find_invalid_utf8(text)) return false;
  for (const char32_t c : code_points(text)) {
    const bool control = (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0);
    if (control || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) return false;
  }
  return true;
}

struct ForeignText {
  std::string name;
  std::string file, bytes;           // written before the run, relative to the scratch directory
  std::vector<std::string> command;  // @ stands for the scratch directory
  int exit_code;
  std::string shown = kShown;
};

void PrintTo(const ForeignText& text, std::ostream* out) { *out << text.name; }

class EveryForeignText : public ::testing::TestWithParam<ForeignText> {};

TEST_P(EveryForeignText, IsShownByItsCodes) {
  const ToyRun toy;
  const ForeignText& text = GetParam();
  if (!text.file.empty()) put(toy.scratch() / text.file, text.bytes);
  std::vector<std::string> words;
  for (const std::string& word : text.command)
    words.push_back(word[0] == '@' ? (toy.scratch() / word.substr(1)).string() : word);
  const Ended ended = toy.heed(words);
  EXPECT_EQ(ended.exit_code, text.exit_code) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(text.shown));
  EXPECT_TRUE(gives_no_orders(ended.err)) << ::testing::PrintToString(ended.err);
  if (text.exit_code != kOk) {
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  }
}

std::vector<ForeignText> texts() {
  const std::string yaml = R"("mo\e[2J\e]0;owned\a\u202e\u009bdel")";
  return {
      {"Option", "", "", {"train", "@config.yaml", "--res" + kOrders}, kUsageError},
      {"LineBreakInAnOption",
       "",
       "",
       {"train", "@x", "a\nheed: error: forged"},
       kUsageError,
       "a\\nheed: error: forged"},
      {"ConfigKey", "bad.yaml", yaml + ": {}\n", {"train", "@bad.yaml"}, kUsageError},
      {"ConfigValue", "bad.yaml", "model: {encoder: " + yaml + "}\n", {"train", "@bad.yaml"}, kUsageError},
      {"Override", "", "", {"train", "@config.yaml", "--model.d_model=" + kOrders}, kUsageError},
      {"OverriddenKey", "", "", {"train", "@config.yaml", "--model." + kOrders + "=1"}, kUsageError},
      {"FileName", "", "", {"train", "@no" + kOrders}, kUsageError},
      {"FileNameThatIsNotUtf8", "", "", {"train", "@no\xff"}, kUsageError, "no\\xff: cannot read"},
      {"Model", "", "", {"translate", "@no" + kOrders}, kRuntimeError},
      {"CorpusLine",
       "links",
       "1" + kOrders + "\n",
       {"evaluate", "--alignments", "@links", "--reference-alignments", "@links"},
       kRuntimeError},
      {"LogLine", "", "", {"toy", "copy", "@new" + kOrders, "--lines", "1"}, kOk},
      {"NoticeOfAFile",
       "text" + kOrders,
       "\uFEFFa\n",
       {"evaluate", "--hypothesis", "@text" + kOrders, "--reference", "@text" + kOrders},
       kOk},
  };
}

INSTANTIATE_TEST_SUITE_P(Cli, EveryForeignText, ::testing::ValuesIn(texts()),
                         [](const auto& row) { return row.param.name; });

TEST(ForeignText, OfACorpusReachesNoLogOfTraining) {
  const ToyRun toy;
  put(toy.scratch() / "foreign", "1 " + kOrders + " 2\n");
  const std::string file = (toy.scratch() / "foreign").string();
  const Ended trained = toy.train({"--train.max_steps=2", "--train.validate_every=1",
                                   "--data.validation.source=" + file, "--data.validation.target=" + file});
  ASSERT_EQ(trained.exit_code, kOk) << trained.err;
  const std::string log = contents(toy.directory() + "/train.log");
  EXPECT_THAT(log, HasSubstr("  source      1 " + kShown + " 2\n"));
  EXPECT_TRUE(gives_no_orders(log)) << ::testing::PrintToString(log);
  EXPECT_TRUE(gives_no_orders(trained.err)) << ::testing::PrintToString(trained.err);
}

TEST(ForeignText, OfACheckpointIsInspectedSafely) {
  const ToyRun toy;
  Checkpoint checkpoint;
  checkpoint.model["weight" + kOrders] = at::zeros({2, 3});
  checkpoint.config = "# " + kOrders + "\nrun: {seed: 1}\r\n";
  checkpoint.state = "{\"step\": \"" + kOrders + "\xff\"}\n";
  checkpoint.vocabulary = "{}";
  checkpoint.tokenizer_files["\u202eledom"] = "x";
  write_checkpoint(toy.scratch() / ("stranger" + kOrders), checkpoint);
  const Ended ended = toy.heed({"inspect", toy.scratch() / ("stranger" + kOrders)});
  ASSERT_EQ(ended.exit_code, kOk) << ended.err;
  for (const std::string& shown :
       {"stranger" + kShown + " (every byte verified)\n", "  weight" + kShown + " ", "  # " + kShown + "\n",
        std::string("  run: {seed: 1}\\r\n"), "{\"step\": \"" + kShown + "\\xff\"}\n", std::string("  \\u202eledom ")})
    EXPECT_THAT(ended.out, HasSubstr(shown));
  EXPECT_TRUE(gives_no_orders(ended.out)) << ::testing::PrintToString(ended.out);
}

TEST(ForeignText, OfTranslationsIsDataAndStaysAsItIs) {
  const ToyRun toy;
  const std::string line = "1 \x1b[31m2\x1b[0m\t3";
  put(toy.scratch() / "source", line + "\n" + line + "\n");
  const std::string file = (toy.scratch() / "source").string();
  ASSERT_EQ(toy.train({"--train.max_steps=200", "--schedule.warmup_steps=10", "--optimizer.learning_rate=0.01",
                       "--model.dropout=0", "--data.train.source=" + file, "--data.train.target=" + file})
                .exit_code,
            kOk);
  EXPECT_THAT(toy.heed({"translate", toy.directory(), "-i", file}).out, HasSubstr("\x1b[31m2\x1b[0m"));
}

}  // namespace
}  // namespace heed
