// Files of a person that lie where a command writes are left alone, its own input among them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/toy_run.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::ToyRun;

TEST(OwnFiles, VocabReplacesNothingButVocabularies) {
  const ToyRun toy;
  ASSERT_EQ(toy.heed({"vocab", toy.config()}).exit_code, 0);
  ASSERT_EQ(toy.heed({"vocab", toy.config()}).exit_code, 0);
  const fs::path notes = fs::path(toy.directory()) / "tokenizer/notes.txt";
  put(notes, "mine");
  const testing::Ended ended = toy.heed({"vocab", toy.config()});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("notes.txt: no part of a vocabulary: move it elsewhere"));
  EXPECT_EQ(contents(notes), "mine");
}

TEST(OwnFiles, ATrainersConfigIsNotReplacedByTheResolvedOne) {
  const ToyRun toy;
  const std::string own = toy.directory() + "/config.yaml";
  put(own, "# mine\n" + contents(toy.config()));
  const std::string before = contents(own);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"train", own}, {"train", own, "--resume"}, {"train", own, "--overwrite"}}) {
    const testing::Ended ended = toy.heed(words);
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, HasSubstr("training writes its resolved config there"));
    EXPECT_EQ(contents(own), before);
  }
}

TEST(OwnFiles, ARunsOwnConfigContinuesIt) {
  const ToyRun toy;
  ASSERT_EQ(toy.train({"--train.max_steps=5"}).exit_code, 0);
  EXPECT_EQ(toy.heed({"train", toy.directory() + "/config.yaml", "--resume", "--train.max_steps=7"}).exit_code, 0);
}

// Nothing that cannot be read for the moment is taken for damaged, and nothing is trained over it: with however few
// open files, the run's newest checkpoint is named, or its seed, which is another.
TEST(OwnFiles, AResumeThatCannotReadTheNewestCheckpointTouchesNothing) {
  const ToyRun toy;
  ASSERT_EQ(toy.train({"--train.max_steps=20", "--train.save_every=10"}).exit_code, 0);
  const fs::path newest = fs::path(toy.directory()) / "checkpoints/step-00000020";
  const std::string before = contents(newest / "model.safetensors");
  bool was_too_few = false;
  for (int files = 6; files < 14; ++files) {
    std::vector<std::string> words = {"/bin/bash", "-c", "ulimit -n " + std::to_string(files) + "; exec \"$@\"",
                                      "bash"};
    for (const std::string& word : toy.command({"train", toy.config(), "--resume", "--run.seed=5"}))
      words.push_back(word);
    const testing::Ended ended = testing::run(words, toy.scratch());
    was_too_few |= ended.err.find("nothing was changed") != std::string::npos;
    EXPECT_NE(ended.exit_code, 0);
    EXPECT_THAT(ended.err, ::testing::Not(HasSubstr("looking for an older one"))) << files;
    EXPECT_EQ(contents(newest / "model.safetensors"), before) << files;
    EXPECT_EQ(fs::read_symlink(fs::path(toy.directory()) / "latest").filename(), newest.filename());
  }
  EXPECT_TRUE(was_too_few);
}

}  // namespace
}  // namespace heed
