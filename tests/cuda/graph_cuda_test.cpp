// Batches replayed as CUDA graphs, launched one by one, and on the CPU. Skipped where there is no GPU.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/gpu.h"
#include "support/model_variants.h"
#include "train/gradient_accumulator.h"

namespace heed::testing {
namespace {

struct GraphCase {
  Variant variant;
  torch::ScalarType type;
};

void PrintTo(const GraphCase& tested, std::ostream* stream) { *stream << tested.variant.name << tested.type; }

// Of each kind of step that a captured graph may hold.
std::vector<GraphCase> graph_cases() {
  const std::set<std::string> chosen = {"PreNorm", "PostRmsNormGlu", "GeluUntied", "CosineRotaryWindow",
                                        "General", "Strides",        "Alibi",      "RelativeWindowsSharedKeys"};
  std::vector<GraphCase> all;
  for (Variant variant : model_variants()) {
    if (!chosen.contains(variant.name)) continue;
    variant.config.d_model = 48;
    variant.config.dropout = variant.config.activation_dropout = 0.1;
    for (const auto type : {torch::kFloat, torch::kBFloat16}) all.push_back({variant, type});
  }
  return all;
}

class GraphsOnCuda : public ::testing::TestWithParam<GraphCase> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
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
    EncoderDecoder model = tiny_model(GetParam().variant.config);
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
  const auto single = updates(at::kCUDA, GetParam().type, false), graphs = updates(at::kCUDA, GetParam().type, true);
  for (size_t i = 0; i < single.size(); ++i) {
    EXPECT_EQ(graphs[i].loss, single[i].loss) << i;
    EXPECT_EQ(graphs[i].log_likelihood, single[i].log_likelihood) << i;
    EXPECT_EQ(graphs[i].tokens, single[i].tokens) << i;
    EXPECT_TRUE(graphs[i].gradients.equal(single[i].gradients)) << i;
  }
}

TEST_P(GraphsOnCuda, FollowTheCpu_CUDA) {
  const double tolerance = GetParam().type == torch::kFloat ? 1e-4 : 2e-2;
  const auto expected = updates(at::kCPU, torch::kFloat, false), graphs = updates(at::kCUDA, GetParam().type, true);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(graphs[i].loss, expected[i].loss, tolerance * expected[i].loss) << i;
    const torch::Tensor difference = graphs[i].gradients - expected[i].gradients;
    EXPECT_LT(difference.norm().item<double>(), 5 * tolerance * expected[i].gradients.norm().item<double>()) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(, GraphsOnCuda, ::testing::ValuesIn(graph_cases()), [](const auto& tested) {
  const char* type = tested.param.type == torch::kFloat ? "Float_CUDA" : "BFloat16_CUDA";
  return std::string(tested.param.variant.name) + type;
});

}  // namespace
}  // namespace heed::testing
