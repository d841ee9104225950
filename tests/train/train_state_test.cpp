#include "train/train_state.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace heed {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

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

// What is wrong with a text, in one line; "accepted" where nothing is.
std::string rejection(const std::string& text) {
  try {
    TrainState::from_json(text, "state.json");
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TrainState, WhatIsNoObjectIsACheckpointErrorThatNamesTheFile) {
  for (const std::string& text : {std::string(), std::string("{"), std::string("[]"), std::string("null"),
                                  std::string("{\"step\": NaN}"), std::string(1'000'000, '[')})
    EXPECT_THAT(rejection(text), StartsWith("state.json: ")) << text.substr(0, 20);
}

class StateFields : public testing::Test {
 protected:
  static nlohmann::json real_state() {
    TrainState state;
    state.step = 1000;
    state.epoch = 3;
    state.bad_updates = 2;
    state.bad_in_row = 1;
    state.standing = {31.5, 1.25, 500, 1, 1000};
    state.leave_schedule();
    state.corpus_fingerprint = "ab12";
    state.validation_fingerprint = "cd34";
    return nlohmann::json::parse(state.to_json());
  }

  // Each change of `object`, a part of `whole`, is refused in a line that names the key.
  static void expect_checked(nlohmann::json& whole, nlohmann::json& object) {
    const nlohmann::json original = object;
    for (const auto& [key, value] : original.items()) {
      for (const char* bad : kBad) {
        object[key] = nlohmann::json::parse(bad);
        if (is_allowed(key, value, object[key])) continue;
        EXPECT_THAT(rejection(whole.dump()),
                    AllOf(StartsWith("state.json: key '"), HasSubstr(key), HasSubstr("expected")))
            << key << ": " << bad;
      }
      object = original;
    }
    object["more"] = 1;
    EXPECT_THAT(rejection(whole.dump()), AllOf(StartsWith("state.json: unknown key"), HasSubstr("more")));
    object = original;
  }

 private:
  static constexpr const char* kBad[] = {"null",
                                         "true",
                                         "\"\"",
                                         "\"nan\"",
                                         "[]",
                                         "[1]",
                                         "{}",
                                         "-1",
                                         "1.0",
                                         "0.5",
                                         "1e18",
                                         "9007199254740993",
                                         "1e308",
                                         "99999999999999999999",
                                         "9223372036854775807",
                                         "-9223372036854775808"};

  static bool is_allowed(const std::string& key, const nlohmann::json& before, const nlohmann::json& now) {
    if (key == "best_score" || key == "best_loss") return now.is_number() || now.is_null();
    if (key == "validated_step" || key == "validation_fingerprint" || key == "alignment_fingerprint")
      if (now.is_null()) return true;  // as if it were not there
    return before.is_string() && now.is_string();
  }
};

TEST_F(StateFields, EachIsCheckedForItsKindAndRange) {
  nlohmann::json state = real_state();
  ASSERT_EQ(rejection(state.dump()), "accepted");
  expect_checked(state, state);
  expect_checked(state, state["on_schedule"]);
}

TEST_F(StateFields, OneThatIsMissingIsNamed) {
  const nlohmann::json state = real_state();
  for (const auto& [key, value] : state.items()) {
    if (key == "validated_step" || key == "validation_fingerprint" || key == "alignment_fingerprint" ||
        key == "best_loss" || key == "on_schedule")
      continue;
    nlohmann::json without = state;
    without.erase(key);
    EXPECT_THAT(rejection(without.dump()), StartsWith("state.json: key '" + key + "' is missing, expected ")) << key;
  }
}

TEST_F(StateFields, NoneContradictsAnother) {
  nlohmann::json state = real_state();
  for (const auto& [key, value] :
       std::map<std::string, int>{{"best_step", 1001}, {"validated_step", 1001}, {"bad_in_row", 3}}) {
    nlohmann::json changed = state;
    changed[key] = value;
    EXPECT_THAT(rejection(changed.dump()),
                HasSubstr("key '" + key + "' is " + std::to_string(value) + ", expected 0 to"));
  }
}

}  // namespace
}  // namespace heed
