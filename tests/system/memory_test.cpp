// What a command keeps in memory does not grow with its input: a gzip file of a few kilobytes may hold millions of
// lines.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zlib.h>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::ToyRun;

constexpr int kLines = 1'000'000;
constexpr long kMoreKilobytes = 50'000;  // what a large input may take more than a small one

void put_blank_lines(const std::string& path, int count) {
  const std::string lines(1000, '\n');
  const gzFile file = gzopen(path.c_str(), "wb");
  for (int done = 0; done < count; done += 1000) gzwrite(file, lines.data(), 1000);
  gzclose(file);
}

// The most memory that a command had, in kilobytes.
long peak_of(const std::vector<std::string>& words) {
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> arguments = {const_cast<char*>(HEED_BINARY)};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  EXPECT_EQ(status, 0);
  return used.ru_maxrss;
}

class Memory : public ::testing::Test {
 protected:
  void SetUp() override {
    put_blank_lines(many_, kLines);
    put_blank_lines(few_, 1000);
  }

  ToyRun toy_;
  const std::string many_ = toy_.scratch() / "many.gz", few_ = toy_.scratch() / "few.gz";
};

TEST_F(Memory, OfEvaluateDoesNotGrowWithTheFiles) {
  const auto evaluate = [](const std::string& file) {
    return peak_of({"evaluate", "--quiet", "--hypothesis", file, "--reference", file, "--metrics", "bleu,chrf"});
  };
  EXPECT_LT(evaluate(many_), evaluate(few_) + kMoreKilobytes);
}

TEST_F(Memory, OfAModelsCommandsDoesNotGrowWithTheFiles) {
  ASSERT_EQ(toy_.train({"--train.max_steps=1"}).exit_code, 0);
  const std::string run = toy_.directory(), out = toy_.scratch() / "out.gz";
  const auto evaluate = [&](const std::string& file) {
    return peak_of({"evaluate", run, "--quiet", "--source", file, "--reference", file});
  };
  const auto score = [&](const std::string& file) {
    return peak_of({"score", run, "--quiet", "--source", file, "--target", file, "-o", out});
  };
  const auto translate = [&](const std::string& file) {
    return peak_of({"translate", run, "--quiet", "-i", file, "-o", out});
  };
  EXPECT_LT(evaluate(many_), evaluate(few_) + kMoreKilobytes);
  EXPECT_LT(score(many_), score(few_) + kMoreKilobytes);
  EXPECT_LT(translate(many_), translate(few_) + kMoreKilobytes);
}

TEST_F(Memory, OfAVocabularyDoesNotGrowWithBlankLines) {
  const std::string text = toy_.scratch() / "data/train.source";
  const auto vocab = [&](const std::string& file) {
    const std::string files = "=[" + file + ", " + text + "]";
    return peak_of({"vocab", toy_.config(), "--quiet", "--data.train.source" + files, "--data.train.target" + files,
                    "--tokenizer.type=bpe", "--tokenizer.vocab_size=60"});
  };
  EXPECT_LT(vocab(many_), vocab(few_) + kMoreKilobytes);
}

}  // namespace
}  // namespace heed
