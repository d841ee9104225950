// The same model, batch and dropout keys on CUDA and on the CPU. Skipped where there is no GPU.
#include <ATen/ops/allclose.h>
#include <gtest/gtest.h>

#include "decode/search_sentences.h"
#include "model/decoding.h"
#include "nn/pass.h"
#include "support/gpu.h"
#include "support/tiny_model.h"

namespace heed::testing {
namespace {

class ModelOnCuda : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!has_gpu()) GTEST_SKIP() << "no CUDA device";
  }

  static ModelConfig config() {  // one of each kind of step
    ModelConfig result = tiny_config();
    result.d_model = 48;  // heads of 16: FlashAttention takes them in bf16
    result.dropout = result.attention_dropout = result.activation_dropout = 0.1;
    if (GetParam() != "transformer") result.decoder = DecoderType::kRecurrent;
    if (GetParam() == "bahdanau" || GetParam() == "luong") result.encoder = EncoderType::kRecurrent;
    if (GetParam() == "luong") {
      result.recurrence = RecurrenceType::kLuong;
      result.cell = CellType::kLstm;
      result.variational_dropout = true;
    }
    return result;
  }

  static EncoderDecoder model(const ModelConfig& config, c10::Device device, torch::ScalarType compute) {
    EncoderDecoder result = tiny_model(config);
    result->to(device);
    result->set_compute_type(compute);
    return result;
  }

  const Batch batch = random_batch({5, 40, 1, 9}, {7, 33, 2, 9});
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

TEST_P(ModelOnCuda, BeamSearchFindsWhatTheCpusFinds_CUDA) {
  const torch::NoGradGuard no_grad;
  EncoderDecoder expected = model(config(), at::kCPU, torch::kFloat), found = model(config(), at::kCUDA, torch::kFloat);
  Pass none;
  for (const int64_t beam_size : {1, 5}) {
    DecodeConfig search;
    search.beam_size = search.n_best = beam_size;
    search.max_length = 30;
    const auto hypotheses = [&](EncoderDecoder& of) {
      return search_sentences(of, of->encode(batch.source_ids, batch.source_segments, none), search, SpecialIds());
    };
    const auto wanted = hypotheses(expected), got = hypotheses(found);
    ASSERT_EQ(got.size(), wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ(got[i].front().ids, wanted[i].front().ids) << beam_size << ", " << i;
      EXPECT_NEAR(got[i].front().log_probability, wanted[i].front().log_probability, 1e-3);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, ModelOnCuda, ::testing::Values("transformer", "bahdanau", "luong", "mixed"),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace heed::testing
