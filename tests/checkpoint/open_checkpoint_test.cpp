#include "checkpoint/open_checkpoint.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "checkpoint/run_directory.h"
#include "checkpoint/tiny_checkpoint.h"
#include "core/file_operations.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

// All parts of it are of one step.
void expect_consistent(const Checkpoint& read) {
  const auto step = static_cast<int64_t>(read.model.at("encoder.weight")[0][0].item<float>());
  const Checkpoint expected = tiny_checkpoint(step);
  EXPECT_EQ(read.state, expected.state);
  EXPECT_TRUE(at::equal(read.model.at("encoder.weight"), expected.model.at("encoder.weight")));
  EXPECT_TRUE(at::equal(read.training->at("moment.encoder.weight"), expected.training->at("moment.encoder.weight")));
}

// A trainer that saves and prunes without a pause, and without waiting for the disk as write_checkpoint does: new
// steps, and every third of them replaced by another checkpoint, as after a validation.
class BusyTrainer {
 public:
  explicit BusyTrainer(const RunDirectory& run) : run_(run) {
    for (int64_t kind = 0; kind < kKinds; ++kind) write_checkpoint(saved(kind), tiny_checkpoint(kind));
    run_.create();
    save(1);
    thread_ = std::jthread([this](const std::stop_token& stop) {
      for (int64_t step = 2; !stop.stop_requested(); ++step) save(step);
    });
  }
  int64_t saves() const { return saves_; }

 private:
  static constexpr int64_t kKinds = 5;

  fs::path saved(int64_t kind) const { return run_.path().string() + "-kind-" + std::to_string(kind); }

  void save(int64_t step) {
    place(step % kKinds, step);
    for (const char* link : {"best", "latest"}) {
      fs::create_symlink("checkpoints/" + run_.checkpoint(step).filename().string(), run_.path() / "new");
      fs::rename(run_.path() / "new", run_.path() / link);
    }
    run_.prune(1);
    if (step % 3 == 0) place((step + 1) % kKinds, step);
    ++saves_;
  }

  void place(int64_t kind, int64_t step) {
    const fs::path made = run_.path() / "made";
    fs::copy(saved(kind), made);
    if (fs::exists(run_.checkpoint(step))) {
      exchange_paths(made, run_.checkpoint(step));
      fs::remove_all(made);
    } else {
      fs::rename(made, run_.checkpoint(step));
    }
  }

  const RunDirectory& run_;
  std::atomic<int64_t> saves_ = 0;
  std::jthread thread_;
};

class OpenCheckpointTest : public testing::Test {
 protected:
  ScratchDirectory directory_;
  RunDirectory run_{directory_ / "run"};
};

TEST_F(OpenCheckpointTest, OfARunIsAlwaysFoundWholeAndConsistentWhileATrainerPrunes) {
  const BusyTrainer trainer(run_);
  for (const fs::path& model : {run_.path(), run_.path() / "best", run_.path() / "latest"})
    for (const int64_t end = trainer.saves() + 500; trainer.saves() < end;)
      ASSERT_NO_THROW(expect_consistent(open_model(model).read())) << model;
}

// The control: who resolves the name first and opens later does fail.
TEST_F(OpenCheckpointTest, OfAFixedNameIsGoneWhenATrainerHasPrunedIt) {
  const BusyTrainer trainer(run_);
  int gone = 0;
  for (int i = 0; i < 100'000 && gone == 0; ++i) {
    try {
      expect_consistent(OpenCheckpoint(resolve_model(run_.path())).read());
    } catch (const CheckpointGone&) {
      ++gone;
    }
  }
  EXPECT_GT(gone, 0);
}

TEST_F(OpenCheckpointTest, IsReadToItsEndAfterItWasRemoved) {
  write_checkpoint(run_.checkpoint(1), tiny_checkpoint(1));
  const OpenCheckpoint held(run_.checkpoint(1));
  fs::remove_all(run_.path());
  held.verify();
  expect_consistent(held.read());
}

TEST_F(OpenCheckpointTest, OfALinkThatLeadsNowhereIsAnErrorInTheEnd) {
  write_checkpoint(run_.checkpoint(1), tiny_checkpoint(1));
  run_.set_best(2);
  EXPECT_THROW(open_model(run_.path()), CheckpointError);
}

}  // namespace
}  // namespace heed
