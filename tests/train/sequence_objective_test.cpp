#include "train/sequence_objective.h"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "data/make_batch.h"
#include "support/tiny_translator.h"
#include "tensor/device_batch.h"

namespace heed {
namespace {

using Ids = std::vector<std::vector<int32_t>>;

class SequenceObjectiveOf : public ::testing::TestWithParam<Objective> {
 protected:
  SequenceObjectiveOf() {
    set_num_threads(1);
    config_.model = testing::tiny_config();
    config_.decode.max_length = 7;
    config_.train.objective = GetParam();
    config_.train.reward = Metric::kChrf;
    config_.train.reward_samples = 6;
    config_.train.risk_sharpness = 0.3;
  }

  SequenceObjective objective() const { return SequenceObjective(config_, testing::shared_tokenizers()); }
  static Batch batch() {
    return make_batch(Ids{{5, 6}, {7}, {8, 9, 10}}, Ids{{5, 6, 7}, {7}, {9, 8}}, SentenceFrame());
  }

  // log p of each row of the candidates by a model.
  static torch::Tensor log_probs(EncoderDecoder& model, const SequenceObjective::Candidates& candidates) {
    torch::Tensor seen;
    Pass none;
    BatchMemory memory(candidates.batch, torch::kCPU);
    memory.put(candidates.batch, 0);
    const torch::NoGradGuard no_grad;
    model->weighted_loss(
        memory.batch(), [&](const torch::Tensor& rows) { return torch::zeros_like(seen = rows.clone()); }, none);
    return seen;
  }

  Config config_;
};

TEST_P(SequenceObjectiveOf, DrawsByTheKeyAndTheSentenceAlone) {
  EncoderDecoder model = testing::ending_model();
  const SequenceObjective objective = this->objective();
  const auto drawn = objective.draw(model, batch(), 1);
  EXPECT_EQ(drawn.batch.target_segments.size(), 3 * 6);
  EXPECT_EQ(drawn.rewards.size(), 18u);
  EXPECT_EQ(objective.draw(model, batch(), 1).batch.label_ids, drawn.batch.label_ids);
  EXPECT_NE(objective.draw(model, batch(), 2).batch.label_ids, drawn.batch.label_ids);

  Batch second = make_batch(Ids{{7}}, Ids{{7}}, SentenceFrame());
  second.sentence_ids = {1};
  const auto alone = objective.draw(model, second, 1);
  for (size_t k = 0; k < 6; ++k) {
    EXPECT_EQ(alone.rewards[k], drawn.rewards[1 + 3 * k]);
    EXPECT_EQ(alone.batch.target_segments.lengths()[k], drawn.batch.target_segments.lengths()[1 + 3 * k]);
  }
}

// A translation that was cut at the limit has no end that could be learned.
TEST_P(SequenceObjectiveOf, RowsAreThoseThatWereDrawn) {
  config_.decode.max_length = 3;
  EncoderDecoder model = testing::ending_model();
  {
    const torch::NoGradGuard no_grad;
    model->output->bias[testing::kEos].fill_(2);
  }
  const Batch drawn = objective().draw(model, batch(), 3).batch;
  bool cut = false, ended = false;
  for (size_t i = 0; i < 18; ++i) {
    const auto first = static_cast<size_t>(drawn.target_segments.starts()[i]);
    const auto length = static_cast<size_t>(drawn.target_segments.lengths()[i]);
    EXPECT_EQ(drawn.target_input_ids[first], testing::kBos);
    for (size_t t = 1; t < length; ++t) EXPECT_EQ(drawn.target_input_ids[first + t], drawn.label_ids[first + t - 1]);
    (drawn.label_ids[first + length - 1] == testing::kEos ? ended : cut) = true;
    EXPECT_LE(length, 4u);
  }
  EXPECT_TRUE(cut);
  EXPECT_TRUE(ended);
}

// What is weighed is the loss of the papers: its derivative by log P of each candidate is minus the weight of its rows.
TEST_P(SequenceObjectiveOf, WeightsAreTheDerivativeOfTheLoss) {
  EncoderDecoder model = testing::ending_model();
  const SequenceObjective objective = this->objective();
  const auto drawn = objective.draw(model, batch(), 1);
  const torch::Tensor rows = log_probs(model, drawn);
  const torch::Tensor weights = objective.weigh(drawn, rows).row_weights;
  const auto loss_at = [&](const torch::Tensor& log_p) {
    if (GetParam() == Objective::kMinimumRisk) return 3 * objective.weigh(drawn, log_p).risk;
    double loss = 0;
    for (size_t i = 0; i < 18; ++i) {
      const torch::Tensor of_one =
          log_p.narrow(0, drawn.batch.target_segments.starts()[i], drawn.batch.target_segments.lengths()[i]);
      loss -= (drawn.rewards[i] - drawn.baselines[i % 3]) * of_one.sum().item<double>() / 6;
    }
    return loss;
  };
  constexpr double kStep = 1e-4;
  bool any = false;
  std::set<std::vector<int64_t>> seen[3];
  for (size_t i = 0; i < 18; ++i) {
    const int64_t first = drawn.batch.target_segments.starts()[i], length = drawn.batch.target_segments.lengths()[i];
    const auto label = drawn.batch.label_ids.begin() + first;
    const bool is_new = seen[i % 3].insert({label, label + length}).second;
    if (!is_new && GetParam() == Objective::kMinimumRisk) {  // counts once
      EXPECT_EQ(weights[first].item<double>(), 0);
      continue;
    }
    torch::Tensor more = rows.clone(), less = rows.clone();
    more[first] += kStep;
    less[first] -= kStep;
    const double slope = (loss_at(more) - loss_at(less)) / (2 * kStep);
    any |= std::abs(slope) > 1e-3;
    for (int64_t t = first; t < first + length; ++t) EXPECT_NEAR(weights[t].item<double>(), -slope, 1e-6) << i;
  }
  EXPECT_TRUE(any);
}

// The gradient of the weighted rows goes where rewards are.
TEST_P(SequenceObjectiveOf, StepsDownItsGradientRaiseTheReward) {
  EncoderDecoder model = testing::ending_model();
  const SequenceObjective objective = this->objective();
  const auto mean_reward = [&] {
    double sum = 0;
    for (uint64_t key = 1000; key < 1010; ++key)
      for (const double reward : objective.draw(model, batch(), key).rewards) sum += reward;
    return sum / 180;
  };
  const double before = mean_reward();
  for (uint64_t step = 0; step < 60; ++step) {
    const auto drawn = objective.draw(model, batch(), step);
    BatchMemory memory(drawn.batch, torch::kCPU);
    memory.put(drawn.batch, 0);
    Pass pass(1, step, 0);
    model->zero_grad();
    model
        ->weighted_loss(
            memory.batch(),
            [&](const torch::Tensor& log_probs) { return objective.weigh(drawn, log_probs).row_weights; }, pass)
        .backward();
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : model->parameters()) parameter.sub_(parameter.grad() * 0.3);
  }
  EXPECT_GT(mean_reward(), before + 0.1);
}

// A coverage loss counts beside the cross entropy alone, by its tokens: draws have many times as many.
TEST_P(SequenceObjectiveOf, WhatLayersAddToALossStaysOut) {
  std::vector<torch::Tensor> gradients;
  for (const double coverage_loss : {0.0, 50.0}) {
    config_.model.copy = config_.model.coverage = true;
    config_.model.coverage_loss = coverage_loss;
    EncoderDecoder model = testing::tiny_model(config_.model, testing::kVocabulary);
    const SequenceObjective objective = this->objective();
    const auto drawn = objective.draw(model, batch(), 1);
    BatchMemory memory(drawn.batch, torch::kCPU);
    memory.put(drawn.batch, 0);
    Pass pass(1, 1, 0);
    model
        ->weighted_loss(
            memory.batch(),
            [&](const torch::Tensor& log_probs) { return objective.weigh(drawn, log_probs).row_weights; }, pass)
        .backward();
    gradients.push_back(model->output->copy->key->weight.grad());
  }
  EXPECT_GT(gradients[0].abs().max().item<double>(), 0);
  EXPECT_TRUE(at::equal(gradients[0], gradients[1]));
}

INSTANTIATE_TEST_SUITE_P(Kinds, SequenceObjectiveOf,
                         ::testing::Values(Objective::kMinimumRisk, Objective::kSelfCritical), [](const auto& tested) {
                           return tested.param == Objective::kMinimumRisk ? "MinimumRisk" : "SelfCritical";
                         });

}  // namespace
}  // namespace heed
