// The file of -o and --alignments: whole, or what was there before, whatever fails and whenever the program is killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/toy_run.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::Ended;
using ::testing::HasSubstr;
using testing::run;
using testing::ToyRun;

constexpr int kOk = 0, kRuntimeError = 1;

class WholeOutput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    toy = new ToyRun;
    ASSERT_EQ(toy->train().exit_code, kOk);
    std::string many;
    for (int i = 0; i < 2500; ++i) many += "a b c\n";  // more than a window of lines
    put(toy->scratch() / "text", many);
    put(toy->scratch() / "broken", many + "\xff\n");
  }
  static void TearDownTestSuite() { delete toy; }

  // Run by the shell in the scratch directory, `$@` being the command.
  static Ended shell(const std::string& script, const std::vector<std::string>& words) {
    std::vector<std::string> command = {"/bin/bash", "-c", "cd \"$0\" && " + script, toy->scratch().path()};
    for (const std::string& word : toy->command(words)) command.push_back(word);
    return run(command, toy->scratch());
  }

  // Every command that writes a file for its caller, and its input.
  static std::vector<std::vector<std::string>> commands(const std::string& text, const std::string& out) {
    const std::vector<std::string> quick = {"--decode.beam_size=2", "--decode.max_length=4", "--quiet"};
    std::vector<std::vector<std::string>> all = {
        {"translate", "run", "-i", text, "-o", out},
        {"translate", "run", "-i", text, "-o", out, "--format", "jsonl"},
        {"translate", "run", "-i", text, "-o", out, "--n-best", "2"},
        {"translate", "run", "-i", text, "-o", "/dev/null", "--alignments", out},
        {"score", "run", "--source", text, "--target", text, "-o", out},
        {"score", "run", "--source", text, "--target", text, "-o", "/dev/null", "--alignments", out},
        {"evaluate", "run", "--source", text, "--reference", text, "-o", out},
    };
    for (auto& words : all) words.insert(words.end(), quick.begin(), quick.end());
    return all;
  }

  // Whatever else the command left lying in the scratch directory.
  static void expect_untouched(const std::string& out, const std::string& before,
                               const std::vector<std::string>& words) {
    EXPECT_EQ(contents(toy->scratch() / out), before) << ::testing::PrintToString(words);
    for (const std::string& name : names_in(toy->scratch().path()))
      EXPECT_FALSE(name.starts_with(out + ".tmp-")) << name << ::testing::PrintToString(words);
  }

  static ToyRun* toy;
};

ToyRun* WholeOutput::toy = nullptr;

TEST_F(WholeOutput, StaysAsItWasWhereTheInputFails) {
  for (const std::string before : {"", "what was there\n"})
    for (const auto& words : commands("broken", "out.txt")) {
      fs::remove(toy->scratch() / "out.txt");
      if (!before.empty()) put(toy->scratch() / "out.txt", before);
      const Ended ended = shell("exec \"$@\"", words);
      EXPECT_EQ(ended.exit_code, kRuntimeError) << ended.err;
      EXPECT_THAT(ended.err, HasSubstr("broken:2501:1: invalid UTF-8"));
      EXPECT_EQ(fs::exists(toy->scratch() / "out.txt"), !before.empty());
      expect_untouched("out.txt", before, words);
    }
}

TEST_F(WholeOutput, StaysAsItWasWhereTheDiskRefuses) {
  const std::vector<std::string> picture = {"attention", "run",   "--source", "a b c d e f",
                                            "-o",        "out.x", "--format", "html"};
  auto all = commands("text", "out.x");
  all.push_back(picture);
  for (const auto& words : all) {
    put(toy->scratch() / "out.x", "what was there\n");
    const Ended ended = shell("ulimit -f 1; exec \"$@\"", words);  // KiB
    EXPECT_EQ(ended.exit_code, kRuntimeError) << ::testing::PrintToString(words);
    EXPECT_THAT(ended.err, HasSubstr("heed: error: out.x: cannot be written: File too large")) << words[0];
    expect_untouched("out.x", "what was there\n", words);
  }
}

TEST_F(WholeOutput, OfAKilledCommandIsTheOldOrTheWholeOneAndTheNextCommandClearsUp) {
  for (const auto& words : commands("text", "out.txt")) {
    put(toy->scratch() / "out.txt", "what was there\n");
    shell(
        "\"$@\" & while kill -0 $! 2>/dev/null; do compgen -G 'out.txt.tmp-*/content' >/dev/null && break; sleep 0.01; "
        "done; "
        "kill -9 $!; wait",
        words);
    const std::string left = contents(toy->scratch() / "out.txt");
    const bool is_old = left == "what was there\n";
    const bool is_whole = std::count(left.begin(), left.end(), '\n') >= 2500;  // killed too late
    EXPECT_TRUE(is_old || is_whole) << ::testing::PrintToString(words);
    ASSERT_EQ(shell("exec \"$@\"", words).exit_code, kOk);
    const std::string whole = contents(toy->scratch() / "out.txt");
    EXPECT_GE(std::count(whole.begin(), whole.end(), '\n'), 2500) << ::testing::PrintToString(words);
    expect_untouched("out.txt", whole, words);
  }
}

TEST_F(WholeOutput, OnStandardOutputGoesOnWhereItStopped) {
  const std::vector<std::string> words = {"translate", "run", "--decode.beam_size=2", "--quiet"};
  ASSERT_EQ(shell("cat text <(seq 40) >mixed && \"$@\" <mixed >whole", words).exit_code, kOk);
  ASSERT_EQ(shell("head -c $(($(wc -c <whole) / 2)) whole >OUT; n=$(wc -l <OUT); head -n $n OUT >DONE; "
                  "tail -n +$((n + 1)) mixed | \"$@\" >>DONE",
                  words)
                .exit_code,
            kOk);
  EXPECT_EQ(contents(toy->scratch() / "DONE"), contents(toy->scratch() / "whole"));
}

}  // namespace
}  // namespace heed
