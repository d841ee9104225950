// Files of a person that lie where a command writes are left alone, its own input among them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

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

TEST(OwnFiles, AToyCorpusReplacesNothingButToyCorpora) {
  const ToyRun toy;
  for (const std::string name : {"train.source", "test.target", "README.md"}) {
    const fs::path own = toy.scratch() / ("own-" + name) / name;
    put(own, "mine\n");
    const testing::Ended ended = toy.heed({"toy", "copy", own.parent_path(), "--lines", "10"});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, HasSubstr(own.string() + ": not of a toy corpus"));
    EXPECT_EQ(contents(own), "mine\n");
    EXPECT_EQ(names_in(own.parent_path()).size(), 1u);
  }
  put(toy.scratch() / "with/train.align", "mine\n");  // no file of this task
  EXPECT_EQ(toy.heed({"toy", "copy", toy.scratch() / "with", "--lines", "10"}).exit_code, 0);
  EXPECT_EQ(contents(toy.scratch() / "with/train.align"), "mine\n");
  for (const char* task :
       {"copy", "sort", "translation"})  // a corpus replaces another, and lies beside what is a person's
    EXPECT_EQ(toy.heed({"toy", task, toy.scratch() / "data", "--lines", "10"}).exit_code, 0);
}

TEST(OwnFiles, ARunReplacesNoLogsOfOtherPrograms) {
  const ToyRun toy;
  for (const std::string name : {"train.log", "metrics.jsonl", "validations.tsv", "curves.svg"})
    for (const std::vector<std::string>& mode : {std::vector<std::string>{}, {"--overwrite"}, {"--resume"}}) {
      fs::remove_all(toy.directory());
      const fs::path own = fs::path(toy.directory()) / name;
      put(own, "mine\n");
      const testing::Ended ended = toy.train(mode);
      EXPECT_EQ(ended.exit_code, 2);
      EXPECT_THAT(ended.err, HasSubstr(own.string() + ": a run would write there"));
      EXPECT_EQ(contents(own), "mine\n");
      EXPECT_EQ(names_in(toy.directory()), std::set<std::string>{name});
    }
}

TEST(OwnFiles, NoAnswerTakesThePlaceOfAModelsFiles) {
  const ToyRun toy;
  ASSERT_EQ(toy.train({"--train.max_steps=5"}).exit_code, 0);
  const std::string run = toy.directory(), checkpoint = run + "/checkpoints/step-00000005";
  for (const std::string& file :
       {run + "/latest/config.yaml", checkpoint + "/model.safetensors", checkpoint + "/new.txt", run + "/config.yaml",
        run + "/metrics.jsonl", run + "/lock"}) {
    const std::string before = contents(file);
    const testing::Ended ended = toy.heed({"translate", run, "-o", file}, "a\n");
    EXPECT_EQ(ended.exit_code, 2) << file;
    EXPECT_THAT(ended.err, HasSubstr(file + " is a place of the model's own files"));
    EXPECT_EQ(contents(file), before);
  }
  EXPECT_EQ(toy.heed({"translate", run, "-o", run + "/test.target"}, "a\n").exit_code, 0);
}

// Of another step, as its name tells: continued, the run would point to what is not there.
TEST(OwnFiles, ACheckpointUnderAnothersNameIsNotContinued) {
  const ToyRun toy;
  ASSERT_EQ(toy.train({"--train.max_steps=5"}).exit_code, 0);
  const fs::path checkpoints = fs::path(toy.directory()) / "checkpoints";
  fs::rename(checkpoints / "step-00000005", checkpoints / "step-00000007");
  const testing::Ended ended = toy.train({"--resume", "--train.max_steps=9"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("step is 5: expected this in a directory step-00000005"));
  EXPECT_EQ(names_in(checkpoints), std::set<std::string>{"step-00000007"});
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
