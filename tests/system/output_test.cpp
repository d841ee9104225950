// What leaves the real binary: answers into pipes, files and full disks, and what it says where a path leads nowhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/toy_run.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Process;
using testing::run;
using testing::ToyRun;

constexpr int kOk = 0, kRuntimeError = 1, kUsageError = 2, kUnverified = 3;

// Commands with a trained model, whose words may use paths relative to the scratch directory.
// A model that has hardly been trained does not end its translations, and says so.
std::string without_warnings(std::string text) {
  for (size_t at; (at = text.find("warning: ")) != std::string::npos;) text.erase(at, text.find('\n', at) + 1 - at);
  return text;
}

class Output : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    toy = new ToyRun;
    ASSERT_EQ(toy->train().exit_code, kOk);
    put(toy->scratch() / "text", "a b c\nd e\n");
    put(toy->scratch() / "links", "0-0 1-1\n");
  }
  static void TearDownTestSuite() { delete toy; }

  // Run by the shell in the scratch directory, `$@` being the command: "\"$@\" | head -n 1".
  static Ended shell(const std::string& script, const std::vector<std::string>& words, const std::string& input = "") {
    std::vector<std::string> command = {"/bin/bash", "-c", "set -o pipefail; cd \"$0\" && " + script,
                                        toy->scratch().path()};
    for (const std::string& word : toy->command(words)) command.push_back(word);
    return run(command, toy->scratch(), input);
  }
  static Ended there(const std::vector<std::string>& words, const std::string& input = "") {
    return shell("exec \"$@\"", words, input);
  }
  // The standard stream `unread` is a pipe whose reader has closed its end.
  static Ended unread(int stream, const std::vector<std::string>& words, const std::string& input = "") {
    return Process(toy->command(words), toy->scratch(), input, stream).wait();
  }

  static std::vector<std::vector<std::string>> answers() {
    const std::string model = toy->directory(), text = toy->scratch() / "text", links = toy->scratch() / "links";
    return {{"--help"},
            {"--version"},
            {"train", "--help"},
            {"train", toy->config(), "--dump-config"},
            {"audit", toy->config(), "--quiet"},
            {"audit", toy->config(), "--quiet", "--no-timing", "--json"},
            {"inspect", model},
            {"inspect", model, "--attention", text},
            {"translate", model, "-i", text, "--quiet"},
            {"translate", model, "-i", text, "--quiet", "--format", "jsonl"},
            {"score", model, "--source", text, "--target", text, "--quiet"},
            {"evaluate", model, "--quiet"},
            {"evaluate", "--hypothesis", text, "--reference", text},
            {"evaluate", "--hypothesis", text, "--reference", text, "--json"},
            {"evaluate", "--alignments", links, "--reference-alignments", links},
            {"attention", model, "--source", "a b c", "-o", "-", "--format", "svg", "--quiet"},
            {"cache", "--directory", toy->scratch() / "cache"}};
  }

  static ToyRun* toy;
};

ToyRun* Output::toy = nullptr;

TEST_F(Output, WithoutAReaderEndsEveryAnswerWithoutAWord) {
  for (const auto& words : answers()) {
    const Ended ended = unread(STDOUT_FILENO, words);
    EXPECT_EQ(ended.exit_code, kOk) << ::testing::PrintToString(words);
    EXPECT_EQ(without_warnings(ended.err), "") << ::testing::PrintToString(words);
  }
}

TEST_F(Output, OfAnyLengthMayBeReadInPart) {
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "a b c\n";
  put(toy->scratch() / "many", many);
  const std::vector<std::vector<std::string>> commands = {
      {"inspect", "run"},
      {"--help"},
      {"evaluate", "run", "--quiet"},
      {"translate", "run", "--quiet", "-i", "many", "--decode.beam_size=1", "--decode.max_length=4"}};
  for (const auto& words : commands) {
    const Ended ended = shell("\"$@\" | head -n 1", words);
    EXPECT_EQ(ended.exit_code, kOk) << words[0] << ": " << ended.err;
    EXPECT_EQ(without_warnings(ended.err), "") << words[0];
    EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1) << words[0];
  }
}

TEST_F(Output, ToAFullDiskIsOneLineForEveryAnswer) {
  for (const auto& words : answers()) {
    const Ended ended = shell("exec \"$@\" >/dev/full", words);
    EXPECT_EQ(ended.exit_code, kRuntimeError) << ::testing::PrintToString(words);
    EXPECT_EQ(without_warnings(ended.err), "heed: error: standard output: cannot be written: No space left on device\n")
        << ::testing::PrintToString(words);
  }
}

TEST_F(Output, OfAFileIsNeverQuietlyIncomplete) {
  fs::create_symlink("/dev/full", toy->scratch() / "full.gz");
  for (const std::string file : {"/dev/full", "full.gz"}) {
    const std::vector<std::vector<std::string>> commands = {
        {"translate", "run", "-i", "text", "--quiet", "-o", file},
        {"translate", "run", "-i", "text", "--quiet", "-o", "x", "--alignments", file},
        {"score", "run", "--source", "text", "--target", "text", "--quiet", "-o", file},
        {"evaluate", "run", "--quiet", "-o", file},
        {"attention", "run", "--source", "a b", "--format", "json", "--quiet", "-o", file}};
    for (const auto& words : commands) {
      const Ended ended = there(words);
      EXPECT_EQ(ended.exit_code, kRuntimeError) << ::testing::PrintToString(words);
      EXPECT_EQ(without_warnings(ended.err), "heed: error: " + file + ": cannot be written: No space left on device\n");
    }
  }
}

TEST_F(Output, OfANameEndingInGzIsGzip) {
  const std::vector<std::string> translate = {"translate", "run",          "-i",   "text",
                                              "--quiet",   "--alignments", "a.gz", "-o"};
  std::vector<std::string> to_plain = translate, to_gzip = translate;
  to_plain.emplace_back("-");
  to_gzip.emplace_back("t.gz");
  const Ended plain = there(to_plain);
  ASSERT_EQ(plain.exit_code, kOk) << plain.err;
  ASSERT_EQ(there(to_gzip).exit_code, kOk);
  EXPECT_EQ(shell("gzip -dc t.gz", {}).out, plain.out);
  const Ended links = shell("gzip -dc a.gz", {});
  EXPECT_EQ(links.exit_code, kOk) << links.err;
  EXPECT_EQ(std::count(links.out.begin(), links.out.end(), '\n'), 2);
  EXPECT_EQ(there({"score", "run", "--source", "text", "--target", "t.gz", "--quiet", "-o", "s.gz"}).exit_code, kOk)
      << "what it writes it reads";
}

TEST_F(Output, WithoutAReaderOfStandardErrorDoesItsWork) {
  const Ended heard = there({"translate", "run", "-i", "text"});
  const Ended unheard = unread(STDERR_FILENO, {"translate", toy->directory(), "-i", toy->scratch() / "text"});
  EXPECT_EQ(unheard.exit_code, kOk);
  EXPECT_EQ(unheard.out, heard.out);
  const std::string run = "--run.directory=" + (toy->scratch() / "unheard").string();
  EXPECT_EQ(unread(STDERR_FILENO, {"train", toy->config(), run}).exit_code, kOk);
  EXPECT_EQ(contents(toy->scratch() / "unheard/latest/model.safetensors"),
            contents(toy->scratch() / "run/latest/model.safetensors"));
  EXPECT_EQ(unread(STDERR_FILENO, {"train", "missing.yaml"}).exit_code, kUsageError);
}

// A shell script in the place of Python.
TEST_F(Output, OfAnExportThatCouldNotBeVerifiedStaysAndHasACodeOfItsOwn) {
  put(toy->scratch() / "python", "#!/bin/sh\necho \"No module named 'x'\" >&2\nexit 3\n");
  fs::permissions(toy->scratch() / "python", fs::perms::owner_all);
  for (const std::string python : {"./python", "no_such_python"}) {
    const std::string directory = "export-with-" + fs::path(python).filename().string();
    const Ended ended = there({"export", "run", "--format", "ctranslate2", "--verify", "--sample", "text", "--python",
                               python, "--quiet", "-o", directory});
    EXPECT_EQ(ended.exit_code, kUnverified) << ended.err;
    EXPECT_THAT(ended.err, AllOf(HasSubstr("heed: error: " + directory + ": exported, not verified: "),
                                 HasSubstr("(" + python + ")")));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_TRUE(fs::exists(toy->scratch() / directory / "README.md"));
  }
  EXPECT_THAT(there({"export", "--help"}).out, HasSubstr("Exit code 3"));
}

struct MissingPath {
  std::string name;
  std::vector<std::string> words;
  int exit_code;
  std::string path;  // as the message names it
};

void PrintTo(const MissingPath& missing, std::ostream* out) { *out << missing.name; }

class EveryMissingPath : public Output, public ::testing::WithParamInterface<MissingPath> {};

TEST_P(EveryMissingPath, IsNamedWithTheDirectoryThatItIsRelativeTo) {
  const MissingPath& missing = GetParam();
  const Ended ended = there(missing.words);
  EXPECT_EQ(ended.exit_code, missing.exit_code);
  EXPECT_EQ(ended.err.rfind("heed: error: " + missing.path + ": ", 0), 0u) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(" (relative to " + fs::canonical(toy->scratch().path()).string() + ")\n"));
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
}

std::vector<MissingPath> missing_paths() {
  const auto train = [](const std::string& override) {
    return std::vector<std::string>{"train", "config.yaml", "--quiet", "--run.directory=new", "--" + override};
  };
  return {
      {"Config", {"train", "no.yaml"}, kUsageError, "no.yaml"},
      {"ConfigToAudit", {"audit", "no.yaml"}, kUsageError, "no.yaml"},
      {"ConfigOfAVocabulary", {"vocab", "no/no.yaml"}, kUsageError, "no/no.yaml"},
      {"Corpus", train("data.train.source=no.en"), kRuntimeError, "no.en"},
      {"ValidationCorpus", train("data.validation.target=no.de"), kRuntimeError, "no.de"},
      {"SentencepieceModel",
       {"vocab", "config.yaml", "--tokenizer.type=bpe", "--tokenizer.source_model=no.model"},
       kRuntimeError,
       "no.model"},
      {"ModelToStartFrom", train("train.initialize_from=no"), kRuntimeError, "no"},
      {"Model", {"translate", "no"}, kRuntimeError, "no"},
      {"ModelToInspect", {"inspect", "runs/no"}, kRuntimeError, "runs/no"},
      {"RunToAverage", {"average", "no", "--last", "2", "-o", "x"}, kUsageError, "no"},
      {"Import", {"import", "no", "-o", "x"}, kRuntimeError, "no"},
      {"Input", {"translate", "run", "--quiet", "-i", "no.en"}, kRuntimeError, "no.en"},
      {"Hypotheses", {"evaluate", "--hypothesis", "no.de", "--reference", "text"}, kRuntimeError, "no.de"},
      {"OutputDirectory", {"translate", "run", "--quiet", "-o", "no/x"}, kRuntimeError, "no/x"},
      {"OutputThroughAFile", {"translate", "run", "--quiet", "-o", "text/x.gz"}, kRuntimeError, "text/x.gz"},
      {"Cache", {"cache", "--directory", "no"}, kUsageError, "--directory no"},
  };
}

INSTANTIATE_TEST_SUITE_P(Cli, EveryMissingPath, ::testing::ValuesIn(missing_paths()),
                         [](const auto& row) { return row.param.name; });

TEST_F(Output, SaysNothingOfTheWorkingDirectoryWhereAPathIsAbsolute) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"train", "/no.yaml"}, {"translate", "/no"}, {"translate", "run", "-i", "/no.en"}}) {
    const Ended ended = there(words);
    EXPECT_NE(ended.exit_code, kOk);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("/no"), Not(HasSubstr("relative to"))));
  }
}

}  // namespace
}  // namespace heed
