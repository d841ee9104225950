#include "train/train_state.h"

#include <gtest/gtest.h>

#include <cmath>

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
  state.standing.best_score = 31.204170000000001;
  state.standing.best_step = 1000;
  state.standing.best_loss = 1.25;
  state.standing.stalled = 2;
  state.standing.validated_step = 1234000;
  state.validation_fingerprint = "cd34";
  state.corpus_fingerprint = "ab12";
  EXPECT_EQ(TrainState::from_json(state.to_json(), "state.json"), state);
  state.leave_schedule();
  state.standing.best_score.reset();
  EXPECT_EQ(TrainState::from_json(state.to_json(), "state.json"), state);
  state.return_to_schedule();
  EXPECT_EQ(state.standing.best_score, 31.204170000000001);
  EXPECT_EQ(state.on_schedule, std::nullopt);
}

// state.json of heed 0.1.0 as of 25 November 2026.
TEST(TrainState, ReadsWhatEarlierVersionsWrote) {
  const TrainState state = TrainState::from_json(
      R"({"bad_in_row": 0, "bad_updates": 0, "batch": 3, "best_score": 0.0, "best_step": 500, "corpus_fingerprint": "ab",
          "epoch": 2, "stalled": 1, "step": 1000, "target_tokens": 9})",
      "state.json");
  EXPECT_EQ(state.standing.validated_step, 1000);
  EXPECT_EQ(state.standing.best_loss, std::nullopt);
  EXPECT_EQ(state.validation_fingerprint, "");
}

TEST(TrainState, TheBetterScoreIsBestAndTheLossDecidesBetweenEqualOnes) {
  TrainState state;
  const auto validate = [&](int64_t step, double score, double loss) {
    state.step = step;
    return state.note_validation(score, loss);
  };
  EXPECT_TRUE(validate(1, 0, 5.0));
  EXPECT_TRUE(validate(2, 0, 4.0));
  EXPECT_FALSE(validate(3, 0, 4.0));
  EXPECT_FALSE(validate(4, 0, 4.5));
  EXPECT_EQ(state.standing.stalled, 2);
  EXPECT_EQ(state.standing.best_step, 2);
  EXPECT_TRUE(validate(5, 0.1, 9.0));
  EXPECT_FALSE(validate(6, 0, 1.0));
  EXPECT_FALSE(validate(7, std::nan(""), 0.5));
  EXPECT_EQ(state.standing.best_step, 5);
  EXPECT_EQ(state.standing.validated_step, 7);
  state.forget_best();
  EXPECT_TRUE(validate(8, 0.05, 9.5));
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
