// The same model, batch and dropout keys on CUDA and on the CPU. Skipped where there is no GPU.
#include <ATen/ops/allclose.h>
#include <gtest/gtest.h>

#include "kernels/cuda/graph.h"
#include "model/decoding.h"
#include "nn/pass.h"
#include "nn/weight_copies.h"
#include "support/gpu.h"
#include "support/model_variants.h"

namespace heed::testing {
namespace {

// Some with every dropout and heads of 16, which FlashAttention takes in bf16, and every kind of model.
std::vector<Variant> cuda_variants() {
  std::vector<Variant> all;
  ModelConfig config = tiny_config();
  config.d_model = 48;
  config.attention_dropout = 0.1;
  all.push_back({"transformer", config});
  config.decoder = DecoderType::kRecurrent;
  all.push_back({"mixed", config});
  config.encoder = EncoderType::kRecurrent;
  all.push_back({"bahdanau", config});
  config.recurrence = RecurrenceType::kLuong;
  config.cell = CellType::kLstm;
  config.variational_dropout = true;
  all.push_back({"luong", config});
  for (const Variant& variant : model_variants()) all.push_back(variant);
  for (Variant& variant : all) variant.config.dropout = variant.config.activation_dropout = 0.1;
  return all;
}

class ModelOnCuda : public ::testing::TestWithParam<Variant> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }

  static const ModelConfig& config() { return GetParam().config; }

  static EncoderDecoder model(const ModelConfig& config, c10::Device device, torch::ScalarType compute) {
    EncoderDecoder result = tiny_model(config);
    result->to(device);
    result->set_compute_type(compute);
    return result;
  }

  const Batch batch = random_batch({5, 38, 1, 9}, {7, 33, 2, 9});
};

void expect_near(const torch::Tensor& found, const torch::Tensor& expected, double tolerance, const std::string& name) {
  EXPECT_TRUE(at::allclose(found.cpu().to(torch::kFloat), expected, tolerance, tolerance)) << name;
}

TEST_P(ModelOnCuda, LossAndGradientsEqualTheCpus_CUDA) {
  EncoderDecoder expected = model(config(), at::kCPU, torch::kFloat), found = model(config(), at::kCUDA, torch::kFloat);
  Pass pass(1, 2, 3), same_keys(1, 2, 3);
  const Loss loss = expected->loss(batch, 0.1, pass), cuda_loss = found->loss(batch, 0.1, same_keys);
  EXPECT_NEAR(cuda_loss.sum.item<double>(), loss.sum.item<double>(), 1e-4 * loss.sum.item<double>());
  EXPECT_NEAR(cuda_loss.log_likelihood.item<double>(), loss.log_likelihood.item<double>(),
              -1e-4 * loss.log_likelihood.item<double>());
  loss.backward();
  cuda_loss.backward();
  const auto cuda_parameters = found->named_parameters();
  for (const auto& parameter : expected->named_parameters())
    expect_near(cuda_parameters[parameter.key()].grad(), parameter.value().grad(), 1e-3, parameter.key());
}

// 8 bits of mantissa through a few layers: the sum of the losses within 2 %.
TEST_P(ModelOnCuda, BFloat16FollowsFloat_CUDA) {
  ModelConfig no_attention_dropout = config();
  no_attention_dropout.attention_dropout = 0;
  EncoderDecoder expected = model(no_attention_dropout, at::kCPU, torch::kFloat);
  EncoderDecoder found = model(no_attention_dropout, at::kCUDA, torch::kBFloat16);
  Pass pass(1, 2, 3), same_keys(1, 2, 3);
  const double loss = expected->loss(batch, 0.1, pass).sum.item<double>();
  EXPECT_NEAR(found->loss(batch, 0.1, same_keys).sum.item<double>(), loss, 0.02 * loss);
}

TEST_P(ModelOnCuda, TheSameTwiceIsTheSameBits_CUDA) {
  for (const auto compute : {torch::kFloat, torch::kBFloat16}) {
    std::vector<torch::Tensor> gradients;
    for (int run = 0; run < 2; ++run) {
      EncoderDecoder trained = model(config(), at::kCUDA, compute);
      Pass pass(1, 2, 3);
      trained->loss(batch, 0.1, pass).backward();
      for (const auto& parameter : trained->parameters()) gradients.push_back(parameter.grad());
    }
    for (size_t i = 0; i < gradients.size() / 2; ++i)
      EXPECT_TRUE(gradients[i].equal(gradients[i + gradients.size() / 2])) << i;
  }
}

TEST_P(ModelOnCuda, StepsEqualTheCpus_CUDA) {
  const torch::NoGradGuard no_grad;
  FrozenWeights frozen;
  const cuda::OwnStream stream(at::kCUDA);  // with the weights: those of a Transformer are CUDA graphs
  const UseFrozen use(frozen);
  EncoderDecoder expected = model(config(), at::kCPU, torch::kFloat), found = model(config(), at::kCUDA, torch::kFloat);
  Pass none;
  Decoding decoding(*expected, expected->encode(batch.source_ids, batch.source_segments, none));
  Decoding on_cuda(*found, found->encode(batch.source_ids, batch.source_segments, none));
  const std::vector<int64_t> survivors{0, 0, 2, 3};  // sentence 1 is retired, sentence 0 has two hypotheses
  for (int64_t step = 0; step < 40; ++step) {        // past the first growth of the caches
    const std::vector<int64_t> tokens{4 + step % 9, 5, 6, 7};
    expect_near(on_cuda.log_probs(tokens), decoding.log_probs(tokens), 1e-4, std::to_string(step));
    if (step != 3) continue;
    decoding.select(survivors);
    on_cuda.select(survivors);
  }
}

INSTANTIATE_TEST_SUITE_P(, ModelOnCuda, ::testing::ValuesIn(cuda_variants()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace heed::testing
