#include "cli/existing_run.h"

#include <gmock/gmock.h>

#include "config/config.h"
#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

class ExistingRunTest : public ::testing::Test {
 protected:
  void write(const std::string& name) { put(scratch_ / name, "x"); }

  ScratchDirectory scratch_;
  RunDirectory run_{scratch_.path()};
};

TEST_F(ExistingRunTest, ClearingRemovesTheRunAndNothingElse) {
  for (const char* name :
       {"checkpoints/step-00000010/model.safetensors", "checkpoints/thesis.txt", "attention/step-00000010.svg",
        "attention/notes.txt", "tensorboard/events.out.tfevents.1", "metrics.jsonl", "validations.tsv", "train.log",
        "curves.svg", "config.yaml", "mine.txt", "best/of/it"})
    write(name);
  fs::create_symlink("checkpoints/step-00000010", scratch_ / "latest");
  clear_run(run_);
  EXPECT_EQ(names_in(scratch_.path()), (std::set<std::string>{"checkpoints", "attention", "mine.txt", "best"}));
  EXPECT_EQ(names_in(scratch_ / "checkpoints"), (std::set<std::string>{"thesis.txt"}));
  EXPECT_EQ(names_in(scratch_ / "attention"), (std::set<std::string>{"notes.txt"}));
}

TEST_F(ExistingRunTest, OverwritingIsRefusedWhereTheConfigIsNotOfARun) {
  put(scratch_ / "config.yaml", "title: my thesis\n");
  EXPECT_THROW(check_directory(run_, ExistingRun::kOverwrite), ConfigError);
  put(scratch_ / "config.yaml", dump_config(Config{}));
  EXPECT_NO_THROW(check_directory(run_, ExistingRun::kOverwrite));
  EXPECT_THROW(check_directory(run_, ExistingRun::kRefuse), ConfigError);
  EXPECT_NO_THROW(check_directory(run_, ExistingRun::kResume));
}

TEST_F(ExistingRunTest, ALockKnowsWhenItsDirectoryIsGone) {
  const fs::path run = scratch_ / "run";
  const RunLock lock(run);
  EXPECT_NO_THROW(lock.require_held());
  fs::rename(run, scratch_ / "moved");
  EXPECT_THROW(lock.require_held(), Error);
  const RunLock another(run);  // somebody else's run in its place
  EXPECT_THROW(lock.require_held(), Error);
  EXPECT_NO_THROW(another.require_held());
}

}  // namespace
}  // namespace heed
