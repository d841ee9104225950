#include "checkpoint/run_directory.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checkpoint/tiny_checkpoint.h"
#include "core/error.h"
#include "support/file_faults.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Run : public testing::Test {
 protected:
  void save(std::initializer_list<int64_t> steps) {
    for (const int64_t step : steps) write_checkpoint(run_.checkpoint(step), tiny_checkpoint(step));
  }
  void damage(int64_t step) { fs::resize_file(run_.checkpoint(step) / "model.safetensors", 10); }

  ScratchDirectory directory_;
  RunDirectory run_{directory_ / "run"};
};

TEST_F(Run, CheckpointNamesSortAsTheirSteps) {
  EXPECT_EQ(run_.checkpoint(1000).filename(), "step-00001000");
  EXPECT_EQ(run_.checkpoint(123456789).filename(), "step-123456789");
  EXPECT_THAT(run_.steps(), ElementsAre());
  run_.create();
  for (const char* name :
       {"step-00000007", "step-123456789", "step-00000040", "step-8", "step-00000008.tmp-1", "other"})
    fs::create_directory(run_.checkpoints() / name);
  put(run_.checkpoints() / "step-00000009", "a file");
  EXPECT_THAT(run_.steps(), ElementsAre(7, 40, 123456789));
}

TEST_F(Run, NewestVerifiedFallsBackAndSaysWhatItPassedOver) {
  EXPECT_FALSE(run_.newest_verified().path.has_value());
  save({100, 200, 300});
  EXPECT_EQ(run_.newest_verified().path, run_.checkpoint(300));
  EXPECT_TRUE(run_.newest_verified().rejected.empty());
  damage(300);
  damage(200);
  const NewestCheckpoint newest = run_.newest_verified();
  EXPECT_EQ(newest.path, run_.checkpoint(100));
  EXPECT_EQ(newest.step, 100);
  ASSERT_EQ(newest.rejected.size(), 2u);
  EXPECT_EQ(newest.rejected[0].path, run_.checkpoint(300));
  EXPECT_THAT(newest.rejected[0].reason, HasSubstr("model.safetensors: damaged: found 10 bytes"));
  damage(100);
  EXPECT_FALSE(run_.newest_verified().path.has_value());
  EXPECT_EQ(run_.newest_verified().rejected.size(), 3u);
}

// A checkpoint that cannot be read now may be whole: nobody continues from an older one, or removes it.
TEST_F(Run, WhatCannotBeReadNowIsNotPassedOver) {
  save({100, 200});
  const rlimit before = [] {
    rlimit limit{};
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    return limit;
  }();
  const int next = open("/dev/null", O_RDONLY);
  close(next);
  std::string message = "passed over";
  for (rlim_t room = 1; room < 8; ++room) {  // too few for the directory, or for its files
    const rlimit few{static_cast<rlim_t>(next) + room, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    try {
      const NewestCheckpoint newest = run_.newest_verified();
      message = newest.path == run_.checkpoint(200) ? message : "another";
    } catch (const Error& error) {
      message = error.what();
    } catch (const fs::filesystem_error&) {  // the list of checkpoints itself
    }
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_NE(message, "another") << room;
  }
  EXPECT_THAT(message, HasSubstr("nothing was changed"));
  EXPECT_EQ(run_.newest_verified().path, run_.checkpoint(200));
}

TEST_F(Run, LinksAreRelativeSoThatARunCanBeMoved) {
  save({100, 200});
  EXPECT_FALSE(run_.best().has_value());
  run_.set_best(200);
  run_.set_best(100);
  run_.set_latest(200);
  EXPECT_EQ(fs::read_symlink(run_.path() / "best"), "checkpoints/step-00000100");
  fs::rename(run_.path(), directory_ / "moved");
  EXPECT_EQ(read_checkpoint(directory_ / "moved/best").state, tiny_checkpoint(100).state);
  EXPECT_EQ(read_checkpoint(directory_ / "moved/latest").state, tiny_checkpoint(200).state);
}

TEST_F(Run, PruneKeepsTheNewestTheBestAndTheLatest) {
  save({100, 200, 300, 400, 500});
  run_.set_best(200);
  run_.set_latest(500);
  run_.prune(2);
  EXPECT_THAT(run_.steps(), ElementsAre(200, 400, 500));
  run_.prune(0);  // the newest stays whatever is asked
  EXPECT_THAT(run_.steps(), ElementsAre(200, 500));
  run_.set_latest(200);
  run_.prune(10);
  EXPECT_THAT(run_.steps(), ElementsAre(200, 500));
  EXPECT_EQ(names_in(run_.checkpoints()).size(), 2u);
}

TEST_F(Run, PruneKilledAtAnyOperationLeavesWholeCheckpoints) {
  bool killed = true;
  for (int n = 1; killed; ++n) {
    save({100, 200, 300});
    killed = kill_at_operation(n, SIZE_MAX, [&] { run_.prune(1); });
    for (const int64_t step : run_.steps()) verify_checkpoint(run_.checkpoint(step));
    EXPECT_EQ(run_.newest_verified().step, 300);
    run_.remove_stale();
  }
  EXPECT_THAT(run_.steps(), ElementsAre(300));
}

TEST_F(Run, CheckpointsBeyondTheResumedOneGoWithTheirLinks) {
  save({100, 200, 300});
  run_.set_best(100);
  run_.set_latest(300);
  run_.remove_after(200);
  EXPECT_THAT(run_.steps(), ElementsAre(100, 200));
  EXPECT_EQ(run_.best(), run_.checkpoint(100));
  EXPECT_FALSE(run_.latest().has_value());
}

TEST_F(Run, StaleLeftoversGoAndNothingElse) {
  save({100});
  for (const fs::path& target : {run_.checkpoint(200), run_.path() / "best", run_.attention() / "step-00000200.svg"})
    put(target.string() + ".tmp-a1B2c3/content", "");
  run_.remove_stale();
  EXPECT_EQ(names_in(run_.path()), (std::set<std::string>{"attention", "checkpoints"}));
  EXPECT_TRUE(names_in(run_.attention()).empty());
  EXPECT_EQ(names_in(run_.checkpoints()), std::set<std::string>{"step-00000100"});
}

TEST_F(Run, ModelIsTheBestCheckpointElseTheNewestElseTheDirectoryItself) {
  run_.create();
  EXPECT_THROW(resolve_model(run_.path()), CheckpointError);  // no checkpoint yet
  save({100, 200, 300});
  EXPECT_EQ(resolve_model(run_.path()), run_.checkpoint(300));
  run_.set_best(200);
  EXPECT_EQ(resolve_model(run_.path()), run_.checkpoint(200));
  EXPECT_EQ(resolve_model(run_.checkpoint(100)), run_.checkpoint(100));
  EXPECT_EQ(resolve_model(run_.path() / "best"), run_.path() / "best");
  EXPECT_THROW(resolve_model(directory_.path()), CheckpointError);  // neither run nor checkpoint
  EXPECT_THROW(resolve_model(directory_ / "nowhere"), CheckpointError);
  damage(200);
  EXPECT_THROW(read_checkpoint(resolve_model(run_.path())), CheckpointError);  // asked for by name: no fallback
}

// The message of a second lock, taken in a process of its own.
std::string second_lock(const fs::path& run) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    std::string message = "taken";
    try {
      RunLock lock(run);
    } catch (const Error& error) {
      message = error.what();
    }
    _exit(write(ends[1], message.data(), message.size()) < 0 ? 1 : 0);
  }
  waitpid(child, nullptr, 0);
  std::string message(4096, '\0');
  message.resize(static_cast<size_t>(read(ends[0], message.data(), message.size())));
  close(ends[0]);
  close(ends[1]);
  return message;
}

TEST_F(Run, SecondTrainerRefusesAndNamesTheFirst) {
  {
    RunLock lock(run_.path());
    EXPECT_EQ(second_lock(run_.path()), run_.path().string() + " is in use by process " + std::to_string(getpid()) +
                                            " on this machine; wait for it or choose another run.directory");
    EXPECT_THROW(RunLock again(run_.path()), Error);
  }
  EXPECT_EQ(second_lock(run_.path()), "taken");
  EXPECT_EQ(second_lock(run_.path()), "taken");  // a holder that died leaves no lock
}

}  // namespace
}  // namespace heed
