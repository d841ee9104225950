// `heed completion` in real shells: what the person at the keyboard gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "config/keys.h"
#include "support/toy_run.h"

namespace heed {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::Ended;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using testing::run;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

const char* const kZsh = "/usr/bin/zsh";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Completion : public ::testing::TestWithParam<std::string> {
 protected:
  static bool has_zsh() { return std::filesystem::exists(kZsh); }

  void SetUp() override {
    if (GetParam() == "zsh" && !has_zsh()) GTEST_SKIP() << "no zsh here";
    const Ended script = run({HEED_BINARY, "completion", GetParam()}, scratch_);
    ASSERT_EQ(script.exit_code, 0) << script.err;
    put(scratch_ / "completion.sh", script.out);
    put(scratch_ / "files" / "config.yaml", "");
    put(scratch_ / "files" / "corpus.txt", "");
  }

  Ended shell(const std::string& commands) {
    const std::string body = "cd " + (scratch_ / "files").string() + "\n" + commands;
    put(scratch_ / "commands.sh", body);
    const std::string program = GetParam() == "zsh" ? kZsh : "/bin/bash";
    const std::string bare = GetParam() == "zsh" ? "-f" : "--norc";
    return run({program, bare, scratch_ / "commands.sh"}, scratch_);
  }

  // What TAB offers after these words, the last being the one under the cursor.
  std::vector<std::string> offered(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list += " '" + word + "'";
    const Ended ended = shell(GetParam() == "zsh" ? in_zsh(list) : in_bash(list, words.size()));
    EXPECT_EQ(ended.err, "");
    return lines_of(ended.out);
  }

 private:
  std::string source() const { return "source " + (scratch_ / "completion.sh").string() + "\n"; }

  std::string in_bash(const std::string& words, size_t count) const {
    return source() + "COMP_WORDS=(" + words + ")\nCOMP_CWORD=" + std::to_string(count - 1) +
           "\n_heed\n[ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' \"${COMPREPLY[@]}\"\n";
  }

  // Stands for the completion system: what it is given, as far as it begins with the word.
  std::string in_zsh(const std::string& words) const {
    return "compdef() { :; }\n"
           "compset() { [[ ${words[CURRENT]} == --*=* ]] && cut=${words[CURRENT]#--*=} }\n"
           "_files() { local f; for f in *; do [[ $f == ${cut-${words[CURRENT]}}* ]] && print -r -- $f; done }\n"
           "compadd() { while [[ $1 != -- ]]; do [[ $1 == -S ]] && shift; shift; done; shift\n"
           "  local w; for w in \"$@\"; do [[ $w == ${words[CURRENT]}* ]] && print -r -- $w; done }\n" +
           source() + "words=(" + words + ")\nCURRENT=${#words}\n_heed; true\n";
  }

 protected:
  ScratchDirectory scratch_;
};

INSTANTIATE_TEST_SUITE_P(Shells, Completion, ::testing::Values("bash", "zsh"),
                         [](const auto& row) { return row.param; });

TEST_P(Completion, CompletesCommands) {
  EXPECT_THAT(offered({"heed", ""}), IsSupersetOf({"train", "translate", "config", "help", "--version"}));
  EXPECT_THAT(offered({"heed", "tra"}), UnorderedElementsAre("train", "translate"));
  EXPECT_THAT(offered({"heed", "xyz"}), IsEmpty());
}

TEST_P(Completion, CompletesOptionsAndTheSectionsThatACommandTakes) {
  EXPECT_THAT(offered({"heed", "train", "config.yaml", "--re"}), ElementsAre("--resume"));
  EXPECT_THAT(offered({"heed", "train", "config.yaml", "--"}),
              IsSupersetOf({"--overwrite", "--quiet", "--help", "--model.", "--optimizer."}));
  const auto of_translate = offered({"heed", "translate", "run", "--"});
  EXPECT_THAT(of_translate, IsSupersetOf({"--output", "--n-best", "--decode."}));
  EXPECT_THAT(of_translate, Not(Contains("--model.")));
  EXPECT_THAT(offered({"heed", "evaluate", "run", "--"}),
              IsSupersetOf({"--source", "--decode.", "--data.", "--eval."}));
  EXPECT_THAT(offered({"heed", "toy", "copy", "x", "--d"}), ElementsAre("--device"));
}

TEST_P(Completion, CompletesEveryKeyOfAConfig) {
  std::vector<std::string> found;
  for (const SectionDescription& section : all_sections()) {
    if (section.name.find('.') != std::string::npos) continue;
    const auto keys = offered({"heed", "train", "c.yaml", "--" + section.name + "."});
    EXPECT_THAT(keys, Each(StartsWith("--" + section.name + ".")));
    found.insert(found.end(), keys.begin(), keys.end());
  }
  std::vector<std::string> all;
  for (const KeyDescription& key : all_keys()) all.push_back("--" + key.name + "=");
  EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(all));
  EXPECT_THAT(offered({"heed", "train", "c.yaml", "--model.num_e"}), ElementsAre("--model.num_encoder_layers="));
  EXPECT_THAT(offered({"heed", "translate", "run", "--model."}), IsEmpty());
}

TEST_P(Completion, CompletesValues) {
  EXPECT_THAT(offered({"heed", "translate", "run", "--format", ""}), UnorderedElementsAre("text", "jsonl"));
  EXPECT_THAT(offered({"heed", "train", "c.yaml", "--device", "c"}), UnorderedElementsAre("cpu", "cuda"));
  EXPECT_THAT(offered({"heed", "train", "c.yaml", "--model.norm", ""}), UnorderedElementsAre("pre", "post"));
  EXPECT_THAT(offered({"heed", "toy", "re"}), ElementsAre("reverse"));
  EXPECT_THAT(offered({"heed", "completion", ""}), UnorderedElementsAre("bash", "zsh"));
  EXPECT_THAT(offered({"heed", "help", "exp"}), ElementsAre("export"));
  EXPECT_THAT(
      offered({"heed", "config", "train.max_"}),
      UnorderedElementsAre("train.max_steps", "train.max_epochs", "train.max_minutes", "train.max_bad_updates"));
}

// Bash cuts a word at '=', and puts what it is given after it; zsh takes whole words.
TEST_P(Completion, CompletesValuesAfterTheEqualsSign) {
  if (GetParam() == "bash") {
    EXPECT_THAT(offered({"heed", "train", "c.yaml", "--model.norm", "="}), UnorderedElementsAre("pre", "post"));
    EXPECT_THAT(offered({"heed", "train", "c.yaml", "--tokenizer.shared", "=", "t"}), ElementsAre("true"));
    EXPECT_THAT(offered({"heed", "train", "c.yaml", "--data.train.source", "=", "c"}),
                UnorderedElementsAre("config.yaml", "corpus.txt"));
  } else {
    EXPECT_THAT(offered({"heed", "train", "c.yaml", "--model.norm="}),
                UnorderedElementsAre("--model.norm=pre", "--model.norm=post"));
    EXPECT_THAT(offered({"heed", "train", "c.yaml", "--tokenizer.shared=t"}), ElementsAre("--tokenizer.shared=true"));
    EXPECT_THAT(offered({"heed", "train", "c.yaml", "--data.train.source=c"}),
                UnorderedElementsAre("config.yaml", "corpus.txt"));
  }
}

TEST_P(Completion, OffersFilesWhereAFileBelongs) {
  EXPECT_THAT(offered({"heed", "train", "con"}), ElementsAre("config.yaml"));
  EXPECT_THAT(offered({"heed", "translate", "run", "-i", "cor"}), ElementsAre("corpus.txt"));
  EXPECT_THAT(offered({"heed", "score", "run", "--source", "co"}), UnorderedElementsAre("config.yaml", "corpus.txt"));
}

// The whole way in the shells themselves: a key is pressed, and the line grows.
TEST_P(Completion, WorksAtAPrompt) {
  if (!has_zsh()) GTEST_SKIP() << "zsh's pseudo-terminals are needed";
  const bool zsh = GetParam() == "zsh";
  const std::string script = (scratch_ / "completion.sh").string();
  const std::string start = zsh ? "zsh -f -i" : "bash --norc --noprofile -i";
  const std::string load = zsh ? "autoload -U compinit; compinit -u -D; source " + script : "source " + script;
  put(scratch_ / "prompt.zsh",
      "zmodload zsh/zpty\n"
      "export TERM=dumb PS1='> ' HISTFILE=\n"
      "zpty -b prompt '" +
          start +
          "'\n"
          "heard=\n"
          "hear() { local part; while zpty -r -t prompt part; do heard+=$part; done }\n"
          "await() { local i; for i in {1..200}; do hear; [[ $heard == *$1* ]] && return; sleep 0.05; done }\n"
          "zpty -w prompt '" +
          load +
          "; echo rea\"\"dy'\n"
          "await ready\n"
          "heard=\n"
          "zpty -w -n prompt $'\\x15heed trai\\t--model.num_h\\t3\\x01echo LINE \\n'\n"
          "await 'LINE heed train --model.num_heads=3'\n"
          "print -r -- \"$heard\"\n"
          "zpty -d prompt\n");
  const Ended ended = run({kZsh, "-f", scratch_ / "prompt.zsh"}, scratch_);
  EXPECT_THAT(ended.out, ::testing::HasSubstr("LINE heed train --model.num_heads=3")) << ended.err;
}

}  // namespace
}  // namespace heed
