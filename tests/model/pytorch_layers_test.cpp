// Independent oracle: LibTorch's own Transformer layers (torch/nn/modules/transformerlayer.h), one sentence at a time.
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/transformerlayer.h>

#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "core/random.h"
#include "model/transformer_layers.h"
#include "support/random_tensor.h"
#include "support/tiny_model.h"

namespace heed {
namespace {

const std::vector<int32_t> kSourceLengths = {5, 1, 17, 64, 2}, kTargetLengths = {7, 3, 1, 50, 16};

using testing::random_tensor;

// No parameter stays at a 0 or 1 that would hide a wrong place.
void randomize(torch::nn::Module& module, torch::ScalarType type) {
  const torch::NoGradGuard no_grad;
  module.to(type);
  uint64_t seed = 100;
  for (torch::Tensor& parameter : module.parameters())
    parameter.copy_(random_tensor(parameter.sizes(), ++seed, type) * (parameter.dim() == 2 ? 0.3 : 1));
}

template <class Ours, class Theirs>
void copy_weights(const Theirs& from, Ours& to) {
  to->weight.copy_(from->weight);
  to->bias.copy_(from->bias);
}

void copy_attention(const torch::nn::MultiheadAttention& from, SelfAttention& to) {
  to->query_key_value->weight.copy_(from->in_proj_weight);
  to->query_key_value->bias.copy_(from->in_proj_bias);
  copy_weights(from->out_proj, to->output);
}

void copy_attention(const torch::nn::MultiheadAttention& from, CrossAttention& to) {
  const int64_t width = from->in_proj_weight.size(1);
  to->query->weight.copy_(from->in_proj_weight.narrow(0, 0, width));
  to->query->bias.copy_(from->in_proj_bias.narrow(0, 0, width));
  to->key_value->weight.copy_(from->in_proj_weight.narrow(0, width, 2 * width));
  to->key_value->bias.copy_(from->in_proj_bias.narrow(0, width, 2 * width));
  copy_weights(from->out_proj, to->output);
}

// Sentence b of packed rows as LibTorch wants it: (length, 1, D).
torch::Tensor sentence(const torch::Tensor& rows, const Segments& segments, size_t b) {
  return rows.narrow(0, segments.starts()[b], segments.lengths()[b]).unsqueeze(1);
}

// -inf above the diagonal.
torch::Tensor causal_mask(int64_t length, torch::ScalarType type) {
  return at::full({length, length}, -std::numeric_limits<double>::infinity(), torch::TensorOptions(type)).triu(1);
}

class PytorchLayers : public ::testing::TestWithParam<std::tuple<Activation, torch::ScalarType>> {
 protected:
  Activation activation() const { return std::get<0>(GetParam()); }
  torch::ScalarType type() const { return std::get<1>(GetParam()); }

  ModelConfig config() const {
    ModelConfig config = testing::tiny_config();
    config.norm = NormPlace::kPost;
    config.activation = activation();
    return config;
  }

  template <class Layer, class Options>
  Layer pytorch_layer() const {
    Options options(config().d_model, config().num_heads);
    options.dim_feedforward(config().d_ff).dropout(0);
    if (activation() == Activation::kGelu) options.activation(torch::kGELU);
    Layer layer(options);
    randomize(*layer, type());
    return layer;
  }

  void expect_equal(const torch::Tensor& ours, const std::vector<torch::Tensor>& theirs) const {
    const torch::Tensor expected = at::cat(theirs).squeeze(1);
    ASSERT_EQ(ours.sizes(), expected.sizes());
    EXPECT_GT(expected.abs().max().item<double>(), 0.5);
    EXPECT_LE((ours - expected).abs().max().item<double>(), type() == torch::kDouble ? 1e-12 : 1e-5);
  }

  const Segments source_ = Segments::packed(kSourceLengths), target_ = Segments::packed(kTargetLengths);
  const torch::NoGradGuard no_grad_;
};

TEST_P(PytorchLayers, EncoderLayerGivesTheOutputOfPytorchs) {
  auto theirs = pytorch_layer<torch::nn::TransformerEncoderLayer, torch::nn::TransformerEncoderLayerOptions>();
  TransformerEncoderLayer ours(config());
  ours->to(type());
  copy_attention(theirs->self_attn, ours->self_attention);
  copy_weights(theirs->norm1, ours->self_attention_norm);
  copy_weights(theirs->linear1, ours->feed_forward->inner);
  copy_weights(theirs->linear2, ours->feed_forward->outer);
  copy_weights(theirs->norm2, ours->feed_forward_norm);

  const torch::Tensor x = random_tensor({source_.num_rows(), config().d_model}, 1, type());
  std::vector<torch::Tensor> expected;
  for (size_t b = 0; b < kSourceLengths.size(); ++b) expected.push_back(theirs->forward(sentence(x, source_, b)));
  Pass pass;
  expect_equal(ours(x, source_, AttentionPositions{}, pass), expected);
}

TEST_P(PytorchLayers, DecoderLayerGivesTheOutputOfPytorchs) {
  auto theirs = pytorch_layer<torch::nn::TransformerDecoderLayer, torch::nn::TransformerDecoderLayerOptions>();
  TransformerDecoderLayer ours(config());
  ours->to(type());
  copy_attention(theirs->self_attn, ours->self_attention);
  copy_weights(theirs->norm1, ours->self_attention_norm);
  copy_attention(theirs->multihead_attn, ours->cross_attention);
  copy_weights(theirs->norm2, ours->cross_attention_norm);
  copy_weights(theirs->linear1, ours->feed_forward->inner);
  copy_weights(theirs->linear2, ours->feed_forward->outer);
  copy_weights(theirs->norm3, ours->feed_forward_norm);

  const torch::Tensor x = random_tensor({target_.num_rows(), config().d_model}, 2, type());
  const Memory memory{random_tensor({source_.num_rows(), config().d_model}, 3, type()), source_};
  std::vector<torch::Tensor> expected;
  for (size_t b = 0; b < kTargetLengths.size(); ++b)
    expected.push_back(theirs->forward(sentence(x, target_, b), sentence(memory.hidden, source_, b),
                                       causal_mask(kTargetLengths[b], type())));
  Pass pass;
  expect_equal(ours(x, TargetRows{target_, {}}, memory, pass), expected);
}

INSTANTIATE_TEST_SUITE_P(, PytorchLayers,
                         ::testing::Combine(::testing::Values(Activation::kRelu, Activation::kGelu),
                                            ::testing::Values(torch::kDouble, torch::kFloat)),
                         [](const auto& test) {
                           const std::string type = std::get<1>(test.param) == torch::kDouble ? "Double" : "Float";
                           return (std::get<0>(test.param) == Activation::kRelu ? "Relu" : "Gelu") + type;
                         });

}  // namespace
}  // namespace heed
