#include "train/flat_parameters.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/tiny_model.h"

namespace heed {
namespace {

TEST(FlatParameters, KeepTheWeightsAndCollectTheGradientsOfTheModel) {
  EncoderDecoder plain = testing::tiny_model(testing::tiny_config()),
                 flat = testing::tiny_model(testing::tiny_config());
  FlatParameters parameters(*flat);
  const Batch batch = testing::random_batch({5, 3}, {4, 6});
  Pass pass;
  plain->loss(batch, 0.1, pass).backward();
  parameters.clear_gradients();
  flat->loss(batch, 0.1, pass).backward();
  parameters.check();
  const TensorMap weights = parameters.views(parameters.weights()),
                  gradients = parameters.views(parameters.gradients());
  int64_t count = 0;
  for (const auto& item : plain->named_parameters()) {
    EXPECT_TRUE(at::equal(item.value(), weights.at(item.key()))) << item.key();
    EXPECT_TRUE(at::equal(item.value().grad(), gradients.at(item.key()))) << item.key();
    count += item.value().numel();
  }
  EXPECT_EQ(parameters.count(), count);
}

TEST(FlatParameters, ALostGradientViewIsNoticed) {
  EncoderDecoder model = testing::tiny_model(testing::tiny_config());
  FlatParameters parameters(*model);
  model->zero_grad();  // drops the gradient tensors
  EXPECT_THROW(parameters.check(), c10::Error);
}

TEST(FlatParameters, AMovedParameterIsNoticed) {
  EncoderDecoder model = testing::tiny_model(testing::tiny_config());
  FlatParameters parameters(*model);
  torch::Tensor weight = model->source_embedding->weight;
  weight.set_data(weight.detach().clone());
  EXPECT_THROW(parameters.check(), c10::Error);
}

// Gradients of sums add up: two batches are one batch of all their sentences.
TEST(FlatParameters, AccumulationEqualsTheBigBatch) {
  EncoderDecoder model = testing::tiny_model(testing::tiny_config(), 31, torch::kDouble);
  FlatParameters parameters(*model);
  const std::vector<std::vector<int64_t>> sources = {testing::random_ids(4, 1), testing::random_ids(7, 2)};
  const std::vector<std::vector<int64_t>> targets = {testing::random_ids(5, 3), testing::random_ids(2, 4)};
  Pass pass;
  model->loss(testing::pack(sources, targets), 0.1, pass).backward();
  const torch::Tensor together = parameters.gradients().clone();
  parameters.clear_gradients();
  for (size_t i = 0; i < 2; ++i) model->loss(testing::pack({sources[i]}, {targets[i]}), 0.1, pass).backward();
  EXPECT_LT((together - parameters.gradients()).abs().max().item<double>(), 1e-12);
}

}  // namespace
}  // namespace heed
