// Bad input to the real binary: one clear line on stderr, the documented exit code, nothing on stdout, nothing left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using testing::ToyRun;

struct BadInput {
  std::string name;
  std::string file, bytes;           // written before the run, relative to the scratch directory
  std::vector<std::string> command;  // @ stands for the scratch directory
  int exit_code;
  std::string message;  // a part of it
};

void PrintTo(const BadInput& bad, std::ostream* out) { *out << bad.name; }

std::string with_directory(std::string word, const std::string& directory) {
  for (size_t at; (at = word.find('@')) != std::string::npos;) word.replace(at, 1, directory);
  return word;
}

class EveryBadInput : public ::testing::TestWithParam<BadInput> {
 protected:
  static void SetUpTestSuite() { toy = new ToyRun; }
  static void TearDownTestSuite() { delete toy; }
  static ToyRun* toy;
};

ToyRun* EveryBadInput::toy = nullptr;

TEST_P(EveryBadInput, IsOneLineWithTheDocumentedExitCode) {
  const BadInput& bad = GetParam();
  const std::string directory = toy->scratch().path().string() + "/";
  if (!bad.file.empty()) put(toy->scratch() / bad.file, bad.bytes);
  std::vector<std::string> words;
  for (const std::string& word : bad.command) words.push_back(with_directory(word, directory));
  const Ended ended = toy->heed(words);
  EXPECT_EQ(ended.exit_code, bad.exit_code) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(with_directory(bad.message, directory)));
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(toy->directory() + "/checkpoints/step-00000040"));
}

std::vector<std::string> train_on(const std::string& source, const std::string& target) {
  return {"train",
          "@config.yaml",
          "--quiet",
          "--overwrite",
          "--data.train.source=@" + source,
          "--data.train.target=@" + target};
}

std::vector<BadInput> corpora() {
  return {
      {"TargetLineMissing", "short", "a\nb\n", train_on("data/train.source", "short"), 1,
       "train.source has 300 lines but @short has 2"},
      {"SourceLineMissing", "short", "a\nb\n", train_on("short", "data/train.target"), 1, "@short has 2 lines but "},
      {"InvalidUtf8", "bad", "a\nb \xC3(\n", train_on("bad", "bad"), 1, "@bad:2:3: invalid UTF-8"},
      {"Nul", "nul", std::string("a\nb\0c\n", 6), train_on("nul", "nul"), 1, "@nul:2:"},
      {"ReservedSymbol",
       "",
       "",
       {"vocab", "@config.yaml", "--tokenizer.user_symbols=[<s>]"},
       2,
       "tokenizer.user_symbols must not hold <s>"},
      {"EmptyCorpus", "empty", "", train_on("empty", "empty"), 1, "nothing to train on"},
      {"NothingLeft", "blank", "\n \n", train_on("blank", "blank"), 1, "nothing to train on"},
      {"NoSuchFile", "", "", train_on("missing", "missing"), 1, "@missing"},
      {"ADirectory", "", "", train_on("data", "data"), 1, "@data"},
      {"VocabularyTooLarge",
       "tiny",
       "a b c\n",
       {"vocab", "@config.yaml", "--quiet", "--data.train.source=@tiny", "--data.train.target=@tiny",
        "--tokenizer.type=bpe", "--tokenizer.vocab_size=8000"},
       2,
       "tokenizer.vocab_size"},
  };
}

std::vector<BadInput> configs() {
  const auto train = [](const std::string& override) {
    return std::vector<std::string>{"train", "@config.yaml", "--quiet", "--" + override};
  };
  const std::vector<std::string> written = {"train", "@bad.yaml"};
  return {
      {"UnknownKey", "bad.yaml", "model:\n  d_modle: 3\n", written, 2, "@bad.yaml:2:3: unknown key"},
      {"DuplicateKey", "bad.yaml", "run: {seed: 1}\nrun: {seed: 2}\n", written, 2, "@bad.yaml:2:1"},
      {"EmptyDocument", "bad.yaml", "", written, 2, "@bad.yaml"},
      {"NoYaml", "bad.yaml", "a: [1\n", written, 2, "@bad.yaml"},
      {"NoConfig", "", "", {"train", "@missing.yaml"}, 2, "@missing.yaml"},
      {"Octal", "", "", train("train.max_steps=010"), 2, "train.max_steps"},
      {"Negative", "", "", train("train.batch_tokens=-1"), 2, "train.batch_tokens"},
      {"NotANumber", "", "", train("model.dropout=.nan"), 2, "model.dropout"},
      {"DropoutAboveOne", "", "", train("model.dropout=1.5"), 2, "model.dropout"},
      {"HeadsDoNotDivide", "", "", train("model.num_heads=5"), 2, "model.num_heads"},
      {"NoSuchDevice", "", "", train("run.device=tpu"), 2, "run.device"},
      {"NoSuchGpu", "", "", train("run.device=cuda:99"), 2, "run.device"},
      {"UnknownSection", "", "", train("modle.d_model=3"), 2, "modle"},
  };
}

std::vector<BadInput> commands() {
  return {
      {"TrainingOfNothing", "", "", {"train"}, 2, "config is required"},
      {"NoModel", "", "", {"translate", "@missing"}, 1, "@missing"},
      {"NoCheckpoint", "data/x", "", {"translate", "@data"}, 1, "@data"},
      {"CountsDiffer",
       "three",
       "a\nb\nc\n",
       {"evaluate", "--hypothesis", "@three", "--reference", "@config.yaml"},
       1,
       "3 lines"},
      {"UnknownMetric",
       "three",
       "a\n",
       {"evaluate", "--hypothesis", "@three", "--reference", "@three", "--metrics", "blue"},
       2,
       "blue"},
      {"ConfigKeyWithoutAModel",
       "three",
       "a\nb\nc\n",
       {"evaluate", "--hypothesis", "@three", "--reference", "@three", "--decode.beam_size=2"},
       2,
       "need MODEL"},
      {"AlignmentsBesideTranslations",
       "links",
       "0-0\n",
       {"evaluate", "--hypothesis", "@links", "--alignments", "@links", "--reference-alignments", "@links"},
       2,
       "scored alone"},
      {"AlignmentsThatAreText",
       "links",
       "0-0\n1:1\n",
       {"evaluate", "--alignments", "@links", "--reference-alignments", "@links"},
       1,
       "@links:2: expected links"},
      {"OutputIsTheInput",
       "text",
       "a\n",
       {"score", "@data", "--source", "@text", "--target", "@text", "-o", "@text"},
       2,
       "is an input file"},
      {"UnknownDeviceOfACommandThatNeedsNone",
       "",
       "",
       {"toy", "copy", "@x", "--device", "tpu"},
       2,
       "cuda:N, found 'tpu'"},
      {"AverageOfWhat", "", "", {"average", "@data", "-o", "@x"}, 2, "--last N or --best N"},
      {"AverageOfNoRun", "", "", {"average", "@data", "--last", "2", "-o", "@x"}, 2, "expected a run directory"},
      {"ExportWithoutAModel", "", "", {"export", "@missing", "--format", "ctranslate2", "-o", "@x"}, 1, "@missing"},
      {"ExportToAnotherPlanet", "", "", {"export", "@missing", "--format", "onnx", "-o", "@x"}, 2, "--format"},
      {"ExportOverFiles", "", "", {"export", "@missing", "--format", "safetensors", "-o", "@data"}, 2, "--force"},
      {"QuantisedWeightsForHuggingFace",
       "",
       "",
       {"export", "@missing", "--format", "huggingface", "--quantize", "int8", "-o", "@x"},
       2,
       "--quantize goes with --format ctranslate2"},
      {"SampleWithoutVerifying",
       "",
       "",
       {"export", "@missing", "--format", "ctranslate2", "--sample", "@data", "-o", "@x"},
       2,
       "go with --verify"},
      {"ImportOfNothing", "", "", {"import", "@data", "-o", "@x"}, 1, "config.json"},
      {"UnknownToy", "", "", {"toy", "chess", "@x"}, 2, "chess"},
  };
}

std::vector<BadInput> all() {
  std::vector<BadInput> rows = corpora();
  for (const auto& more : {configs(), commands()}) rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Cli, EveryBadInput, ::testing::ValuesIn(all()),
                         [](const auto& row) { return row.param.name; });

// design: every command takes, after its name, --help, --quiet, --threads, --device.
TEST(CommandLine, EveryCommandTakesTheCommonOptions) {
  const ToyRun toy;
  for (const std::string command : {"train", "translate", "evaluate", "score", "vocab", "inspect", "attention", "toy",
                                    "average", "export", "import"}) {
    const Ended help = toy.heed({command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    for (const char* option : {"--help", "--quiet", "--threads", "--device"})
      EXPECT_THAT(help.out, HasSubstr(option)) << command;
  }
}

TEST(CommandLine, VersionNamesWhatResultsDependOn) {
  const ToyRun toy;
  const Ended version = toy.heed({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out,
              ::testing::MatchesRegex("heed [0-9.]+\nLibTorch 2[0-9.a-z+]+\nCUDA [^\n]+\nsentencepiece [0-9.]+\n"));
}

}  // namespace
}  // namespace heed
