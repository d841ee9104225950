// Batches replayed as CUDA graphs, launched one by one, and on the CPU. Skipped where there is no GPU.
#include <gtest/gtest.h>

#include "support/gpu.h"
#include "support/tiny_model.h"
#include "train/gradient_accumulator.h"

namespace heed::testing {
namespace {

class GraphsOnCuda : public ::testing::TestWithParam<torch::ScalarType> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }

  static ModelConfig config() {
    ModelConfig result = tiny_config();
    result.d_model = 48;
    result.dropout = result.activation_dropout = 0.1;
    return result;
  }

  // Of one padded shape and of two, in turn.
  static Batch batch(int number) {
    return number % 3 == 2 ? random_batch({60, 70, 200}, {80, 90, 70})
                           : random_batch({5, 40, 1 + number, 9}, {7, 33, 2, 9});
  }

  struct Update {
    torch::Tensor gradients;
    double loss, log_likelihood;
    int64_t tokens;
  };
  static std::vector<Update> updates(c10::Device device, torch::ScalarType compute, bool uses_graphs) {
    EncoderDecoder model = tiny_model(config());
    model->to(device);
    model->set_compute_type(compute);
    FlatParameters parameters(*model);
    const TrainConfig options;  // label smoothing 0.1
    GradientAccumulator gradients(model, parameters, options, uses_graphs);
    std::vector<Update> result;
    for (int number = 0; number < 12; ++number) {
      gradients.clear();
      gradients.add(batch(number), static_cast<uint64_t>(number));
      if (number % 4 == 3) gradients.add(batch(number), 77);  // a second batch of the same shape in one update
      const auto sums = gradients.sums();
      result.push_back({parameters.gradients().cpu().clone(), sums.loss, sums.log_likelihood, sums.tokens});
    }
    return result;
  }
};

TEST_P(GraphsOnCuda, GiveTheBitsOfSingleLaunches_CUDA) {
  const auto single = updates(at::kCUDA, GetParam(), false), graphs = updates(at::kCUDA, GetParam(), true);
  for (size_t i = 0; i < single.size(); ++i) {
    EXPECT_EQ(graphs[i].loss, single[i].loss) << i;
    EXPECT_EQ(graphs[i].log_likelihood, single[i].log_likelihood) << i;
    EXPECT_EQ(graphs[i].tokens, single[i].tokens) << i;
    EXPECT_TRUE(graphs[i].gradients.equal(single[i].gradients)) << i;
  }
}

TEST_P(GraphsOnCuda, FollowTheCpu_CUDA) {
  const double tolerance = GetParam() == torch::kFloat ? 1e-4 : 2e-2;
  const auto expected = updates(at::kCPU, torch::kFloat, false), graphs = updates(at::kCUDA, GetParam(), true);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(graphs[i].loss, expected[i].loss, tolerance * expected[i].loss) << i;
    const torch::Tensor difference = graphs[i].gradients - expected[i].gradients;
    EXPECT_LT(difference.norm().item<double>(), 5 * tolerance * expected[i].gradients.norm().item<double>()) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, GraphsOnCuda, ::testing::Values(torch::kFloat, torch::kBFloat16),
                         [](const auto& parameter) {
                           return std::string(parameter.param == torch::kFloat ? "Float_CUDA" : "BFloat16_CUDA");
                         });

}  // namespace
}  // namespace heed::testing
