#include "train/train_state.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace heed {
namespace {

TEST(TrainState, ComesBackFromItsTextExactly) {
  TrainState state;
  state.step = 1234567;
  state.epoch = 9;
  state.batch = 77;
  state.target_tokens = int64_t{1} << 40;
  state.bad_updates = 3;
  state.best_score = 31.204170000000001;
  state.best_step = 1000;
  state.stalled = 2;
  state.corpus_fingerprint = "ab12";
  EXPECT_EQ(TrainState::from_json(state.to_json(), "state.json"), state);
  state.best_score.reset();
  EXPECT_EQ(TrainState::from_json(state.to_json(), "state.json"), state);
}

TEST(TrainState, DamagedTextIsACheckpointErrorThatNamesTheFile) {
  for (const char* text : {"", "{", "[]", "{\"step\": \"one\"}", "{\"step\": 1}"}) {
    try {
      TrainState::from_json(text, "runs/x/state.json");
      FAIL() << text;
    } catch (const CheckpointError& error) {
      EXPECT_EQ(std::string(error.what()).find("runs/x/state.json: not a training state"), 0u) << error.what();
    }
  }
}

}  // namespace
}  // namespace heed
