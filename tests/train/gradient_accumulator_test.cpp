#include "train/gradient_accumulator.h"

#include <gtest/gtest.h>

#include "nn/pass.h"
#include "support/tiny_model.h"
#include "tensor/batch_shape.h"

namespace heed::testing {
namespace {

struct Model {
  explicit Model(const ModelConfig& config) : model(tiny_model(config, 31, torch::kDouble)), parameters(*model) {}
  EncoderDecoder model;
  FlatParameters parameters;
  TrainConfig options;  // label smoothing 0.1
  GradientAccumulator gradients{model, parameters, options, true};
};

ModelConfig with_dropout() {
  ModelConfig config = tiny_config();
  config.dropout = config.attention_dropout = config.activation_dropout = 0.2;
  return config;
}

TEST(GradientAccumulator, SumsBatchesUntilItIsCleared) {
  const Batch first = random_batch({5, 9}, {7, 3}), second = random_batch({4}, {6});
  Model all(with_dropout()), one(with_dropout());
  torch::Tensor expected = torch::zeros_like(one.parameters.gradients());
  double loss = 0, log_likelihood = 0;
  for (const uint64_t key : {1, 2}) {
    const Batch& batch = key == 1 ? first : second;
    all.gradients.add(batch, key);
    Pass pass(key);
    one.parameters.clear_gradients();
    const Loss of_one = one.model->loss(batch, 0.1, pass);
    of_one.backward();
    expected += one.parameters.gradients();
    loss += of_one.sum.item<double>();
    log_likelihood += of_one.log_likelihood.item<double>();
  }
  const GradientAccumulator::Sums sums = all.gradients.sums();
  EXPECT_DOUBLE_EQ(sums.loss, loss);
  EXPECT_DOUBLE_EQ(sums.log_likelihood, log_likelihood);
  EXPECT_EQ(sums.tokens, first.num_target_tokens() + second.num_target_tokens());
  EXPECT_NEAR(sums.gradient_norm, expected.norm().item<double>(), 1e-9 * sums.gradient_norm);
  EXPECT_TRUE(torch::allclose(all.parameters.gradients(), expected, 1e-12, 1e-12));
  all.gradients.clear();
  EXPECT_EQ(all.gradients.sums().loss, 0);
  EXPECT_EQ(all.gradients.sums().gradient_norm, 0);
}

// What a GPU computes in place of a batch.
TEST(GradientAccumulator, PaddingChangesNoLossAndNoGradient) {
  const Batch batch = random_batch({5, 90, 1, 9}, {7, 33, 2, 70});
  const Batch whole = padded(batch, padded_shape(batch));
  Model plain(with_dropout()), same(with_dropout());
  plain.gradients.add(batch, 3);
  same.gradients.add(whole, 3);
  EXPECT_NEAR(same.gradients.sums().loss, plain.gradients.sums().loss, 1e-9);
  EXPECT_NEAR(same.gradients.sums().log_likelihood, plain.gradients.sums().log_likelihood, 1e-9);
  EXPECT_TRUE(torch::allclose(same.parameters.gradients(), plain.parameters.gradients(), 1e-11, 1e-11));
}

}  // namespace
}  // namespace heed::testing
