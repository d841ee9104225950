// Commands that read a run while a trainer saves and prunes its checkpoints: they never fail.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "checkpoint/checkpoint.h"
#include "checkpoint/run_directory.h"
#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using testing::ToyRun;

TEST(PrunedReader, NoCommandFailsWhileCheckpointsComeAndGo) {
  const ToyRun toy;
  ASSERT_EQ(toy.train().exit_code, 0);
  const RunDirectory run(toy.directory());
  const Checkpoint checkpoint = read_checkpoint(run.checkpoint(40));
  std::atomic<int64_t> saves = 0;
  const auto save = [&](int64_t step) {
    write_checkpoint(run.checkpoint(step), checkpoint);
    run.set_latest(step);
    run.set_best(step);
    run.prune(2);
    ++saves;
  };
  save(41);
  const std::jthread trainer([&](const std::stop_token& stop) {
    for (int64_t step = 42; !stop.stop_requested(); ++step) save(step);
  });
  const std::string text = toy.scratch() / "text", out = toy.scratch() / "out";
  put(text, "a b c\n");
  const std::vector<std::vector<std::string>> commands = {
      {"inspect", toy.directory()},
      {"translate", toy.directory(), "-i", text, "--quiet"},
      {"score", toy.directory(), "--source", text, "--target", text, "--quiet"},
      {"attention", toy.directory(), "--source", "a b", "-o", out + ".svg", "--quiet"},
      {"average", toy.directory(), "--last", "2", "-o", out + "-average", "--force", "--quiet"},
      {"export", toy.directory(), "--format", "ctranslate2", "-o", out + "-export", "--force", "--quiet"},
      {"train", toy.config(), "--run.directory=" + out + "-run", "--train.initialize_from=" + toy.directory(),
       "--train.max_steps=1", "--overwrite", "--quiet"}};
  for (int times = 0; times < 10; ++times)
    for (const auto& words : commands) {
      const Ended ended = toy.heed(words);
      EXPECT_EQ(ended.exit_code, 0) << words[0] << ": " << ended.err;
    }
  EXPECT_GT(saves, 70) << "too few for a test";
}

}  // namespace
}  // namespace heed
