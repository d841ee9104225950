// Commands that read a run while a trainer saves and prunes its checkpoints: they never fail.
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <thread>

#include "checkpoint/checkpoint.h"
#include "checkpoint/run_directory.h"
#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using testing::Process;
using testing::ToyRun;

// A run whose trainer is this test: it saves, and prunes what it saved before.
class PrunedReader : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(toy_.train().exit_code, 0);
    run_.emplace(toy_.directory());
    checkpoint_ = read_checkpoint(run_->checkpoint(step_));
    save();
    put(text_, "a b c\n");
  }

  void save() {
    ++step_;
    write_checkpoint(run_->checkpoint(step_), checkpoint_);
    run_->set_latest(step_);
    run_->set_best(step_);
    run_->prune(2);
  }

  // Every command that reads a run.
  std::vector<std::vector<std::string>> commands() const {
    return {{"inspect", toy_.directory()},
            {"translate", toy_.directory(), "-i", text_, "--quiet"},
            {"score", toy_.directory(), "--source", text_, "--target", text_, "--quiet"},
            {"attention", toy_.directory(), "--source", "a b", "-o", out_ + ".svg", "--quiet"},
            {"average", toy_.directory(), "--last", "2", "-o", out_ + "-average", "--force", "--quiet"},
            {"export", toy_.directory(), "--format", "ctranslate2", "-o", out_ + "-export", "--force", "--quiet"},
            {"train", toy_.config(), "--run.directory=" + out_ + "-run", "--train.initialize_from=" + toy_.directory(),
             "--train.max_steps=1", "--overwrite", "--quiet"}};
  }

  const ToyRun toy_;
  const std::string text_ = toy_.scratch() / "text", out_ = toy_.scratch() / "out";
  std::optional<RunDirectory> run_;
  Checkpoint checkpoint_;
  int64_t step_ = 40;
};

TEST_F(PrunedReader, NoCommandFailsWhileCheckpointsComeAndGo) {
  const int64_t first = step_;
  {
    const std::jthread trainer([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) save();
    });
    for (int times = 0; times < 3; ++times)
      for (const auto& words : commands()) {
        const Ended ended = toy_.heed(words);
        EXPECT_EQ(ended.exit_code, 0) << words[0] << ": " << ended.err;
      }
  }
  EXPECT_GT(step_ - first, 20) << "too few saves for a test";
}

// Each is stopped before one of its calls on the run's files, until nothing is left of what it may have looked at.
TEST_F(PrunedReader, NoCommandFailsWhereverItIsOvertaken) {
  for (const auto& words : commands()) {
    int moment = 1;
    for (bool stopped = true; stopped; moment += 2) {
      std::vector<std::string> command = {"/usr/bin/env",
                                          "LD_PRELOAD=" HEED_FILE_FAULTS,
                                          "FAULT_UNDER=" + toy_.directory(),
                                          "FAULT_KIND=stop",
                                          "FAULT_AT=" + std::to_string(moment),
                                          "FAULT_REPORT=" + (toy_.scratch() / "report").string()};
      for (const std::string& word : toy_.command(words)) command.push_back(word);
      Process process(command, toy_.scratch());
      stopped = process.wait_for_stop();
      if (stopped)
        for (int saves = 0; saves < 3; ++saves) save();
      process.signal(SIGCONT);
      const Ended ended = process.wait();
      EXPECT_EQ(ended.exit_code, 0) << words[0] << ", call " << moment << ": " << ended.err;
    }
    EXPECT_GT(moment, 5) << words[0];
  }
}

}  // namespace
}  // namespace heed
