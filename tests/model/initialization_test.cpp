// Independent oracle: what LibTorch's own layers of the same sizes start from.
#include "model/initialization.h"

#include <ATen/Context.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>
#include <torch/nn/init.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>
#include <torch/nn/modules/rnn.h>

#include <cmath>
#include <map>
#include <string>

namespace heed {
namespace {

constexpr int64_t kWidth = 256, kInner = 512, kPositions = 300, kSourceVocabulary = 600, kTargetVocabulary = 700;

ModelConfig transformer(Initialization initialization) {
  ModelConfig config;
  config.d_model = kWidth;
  config.d_ff = kInner;
  config.num_encoder_layers = config.num_decoder_layers = 1;
  config.positions = Positions::kLearned;
  config.max_positions = kPositions;
  config.tie_embeddings = TieEmbeddings::kNone;
  config.output_bias = true;
  config.initialization = initialization;
  return config;
}

ModelConfig bahdanau_gru(Initialization initialization) {
  ModelConfig config = transformer(initialization);
  config.encoder = EncoderType::kRecurrent;
  config.decoder = DecoderType::kRecurrent;
  config.num_decoder_layers = 2;
  return config;
}

ModelConfig luong_lstm(Initialization initialization) {
  ModelConfig config = bahdanau_gru(initialization);
  config.cell = CellType::kLstm;
  config.recurrence = RecurrenceType::kLuong;
  config.bridge = BridgeType::kMean;
  return config;
}

EncoderDecoder initialized(const ModelConfig& config, uint64_t seed = 5) {
  EncoderDecoder model(config, kSourceVocabulary, kTargetVocabulary);
  initialize(model, seed);
  return model;
}

// Draws of one distribution, as far as samples can tell: mean and deviation within five standard errors of those of a
// normal distribution (a uniform one's are smaller). The greatest of n uniform draws misses its bound by more than
// 16/n of it once in e^16 samples; of normal draws it says little.
void expect_alike(const torch::Tensor& ours, const torch::Tensor& theirs, bool uniform, const std::string& name) {
  ASSERT_EQ(ours.numel(), theirs.numel()) << name;
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = ours.to(torch::kDouble), y = theirs.to(torch::kDouble);
  const auto number = [](const torch::Tensor& scalar) { return scalar.item<double>(); };
  const double deviation = number(y.std()), greatest = number(y.abs().max()), n = static_cast<double>(x.numel());
  EXPECT_NEAR(number(x.mean()), number(y.mean()), 5 * deviation * std::sqrt(2 / n)) << name;
  EXPECT_NEAR(number(x.std()), deviation, 5 * deviation * std::sqrt(1 / n)) << name;
  EXPECT_NEAR(number(x.abs().max()), greatest, (uniform ? 16 / n : 0.3) * greatest) << name;
}

// Parameters by name, of LibTorch's layers, put where Heed has such a layer.
class Expected {
 public:
  Expected() { at::manual_seed(1); }

  void add(const std::string& name, const torch::Tensor& parameter) { parameters_[name] = parameter; }
  void add(const std::string& prefix, const torch::Tensor& weight, const torch::Tensor& bias) {
    add(prefix + ".weight", weight);
    add(prefix + ".bias", bias);
  }
  void add_linear(const std::string& prefix, int64_t in, int64_t out) {
    const torch::nn::Linear layer(in, out);
    add(prefix, layer->weight, layer->bias);
  }
  void add_norm(const std::string& prefix) {
    const torch::nn::LayerNorm layer(torch::nn::LayerNormOptions({kWidth}));
    add(prefix, layer->weight, layer->bias);
  }
  void add_embedding(const std::string& prefix, int64_t rows) {
    add(prefix + ".weight", torch::nn::Embedding(rows, kWidth)->weight);
  }
  template <class Layer>  // torch::nn::GRU, LSTM
  void add_cell(const std::string& prefix, int64_t in, int64_t hidden) {
    const auto layer = Layer(in, hidden)->named_parameters();
    add(prefix + ".input", layer["weight_ih_l0"], layer["bias_ih_l0"]);
    add(prefix + ".hidden", layer["weight_hh_l0"], layer["bias_hh_l0"]);
  }
  void add_words() {
    add_embedding("source_embedding", kSourceVocabulary);
    add_embedding("target_embedding", kTargetVocabulary);
    add_linear("output", kWidth, kTargetVocabulary);
  }

  void expect_all_of(EncoderDecoder& model) const {
    EXPECT_EQ(model->named_parameters().size(), parameters_.size());
    for (const auto& item : model->named_parameters()) {
      const auto found = parameters_.find(item.key());
      ASSERT_NE(found, parameters_.end()) << item.key() << " is compared with nothing";
      const std::string& name = item.key();
      const bool normal = name.find("embedding") != std::string::npos || name.find("positions") != std::string::npos;
      expect_alike(item.value(), found->second, !normal, name);
    }
  }

 private:
  std::map<std::string, torch::Tensor> parameters_;
};

void add_transformer_layer(Expected& expected, const std::string& layer) {
  const torch::nn::MultiheadAttention attention(torch::nn::MultiheadAttentionOptions(kWidth, 4));
  expected.add_norm(layer + "self_attention_norm");
  expected.add(layer + "self_attention.query_key_value", attention->in_proj_weight, attention->in_proj_bias);
  expected.add(layer + "self_attention.output", attention->out_proj->weight, attention->out_proj->bias);
  expected.add_norm(layer + "feed_forward_norm");
  expected.add_linear(layer + "feed_forward.inner", kWidth, kInner);
  expected.add_linear(layer + "feed_forward.outer", kInner, kWidth);
}

// MultiheadAttention draws three projections apart where keys and values have widths of their own. Keys and values as
// one matrix it does not know: theirs is its rule, Xavier's, over the matrix that Heed has.
void add_cross_attention(Expected& expected, const std::string& layer) {
  const torch::nn::MultiheadAttention attention(
      torch::nn::MultiheadAttentionOptions(kWidth, 4).kdim(kWidth + 1).vdim(kWidth + 1));
  const torch::Tensor& biases = attention->in_proj_bias;
  expected.add_norm(layer + "cross_attention_norm");
  expected.add(layer + "cross_attention.query", attention->q_proj_weight, biases.narrow(0, 0, kWidth));
  expected.add(layer + "cross_attention.key_value",
               torch::nn::init::xavier_uniform_(torch::empty({2 * kWidth, kWidth})),
               biases.narrow(0, kWidth, 2 * kWidth));
  expected.add(layer + "cross_attention.output", attention->out_proj->weight, attention->out_proj->bias);
}

TEST(Initialization, PytorchStartsATransformerAsTorchsLayers) {
  Expected expected;
  expected.add_words();
  for (const std::string side : {"encoder.", "decoder."}) {
    expected.add_embedding(side + "positions", kPositions);
    add_transformer_layer(expected, side + "layers.0.");
    expected.add_norm(side + "norm");
  }
  add_cross_attention(expected, "decoder.layers.0.");
  EncoderDecoder model = initialized(transformer(Initialization::kPytorch));
  expected.expect_all_of(model);
}

// What both kinds of recurrent model have.
template <class Cell>
void add_recurrent_layers(Expected& expected, int64_t gates) {
  expected.add_words();
  for (const std::string direction : {"forward", "backward"})
    expected.add_cell<Cell>("encoder.layers.0." + direction + "_cell", kWidth, kWidth / 2);
  for (const std::string layer : {"0", "1"}) expected.add_cell<Cell>("decoder.cells." + layer, kWidth, kWidth);
  expected.add_linear("decoder.feed", kWidth, gates * kWidth);
}

TEST(Initialization, PytorchStartsBahdanausGruAsTorchsLayers) {
  Expected expected;
  add_recurrent_layers<torch::nn::GRU>(expected, 3);
  expected.add_linear("decoder.bridge", kWidth / 2, 2 * kWidth);
  expected.add_linear("decoder.attention.query", kWidth, kWidth);
  expected.add_linear("decoder.attention.key", kWidth, kWidth);
  expected.add("decoder.attention.score", torch::nn::Linear(kWidth, 1)->weight);
  expected.add_linear("decoder.readout", 3 * kWidth, 2 * kWidth);
  EncoderDecoder model = initialized(bahdanau_gru(Initialization::kPytorch));
  expected.expect_all_of(model);
}

TEST(Initialization, PytorchStartsLuongsLstmAsTorchsLayers) {
  Expected expected;
  add_recurrent_layers<torch::nn::LSTM>(expected, 4);
  expected.add_linear("decoder.bridge", kWidth, 2 * kWidth);
  expected.add("decoder.attention.general", torch::nn::Linear(kWidth, kWidth)->weight);
  expected.add_linear("decoder.readout", 2 * kWidth, kWidth);
  EncoderDecoder model = initialized(luong_lstm(Initialization::kPytorch));
  expected.expect_all_of(model);
}

// A vector is a matrix with one output.
torch::Tensor xavier_of(const std::string& name, const torch::Tensor& parameter) {
  const auto contains = [&](const char* part) { return name.find(part) != std::string::npos; };
  if (contains("norm.weight")) return at::full(parameter.sizes(), 1.0);
  if (contains("bias")) return at::full(parameter.sizes(), 0.0);
  torch::Tensor values = torch::empty({parameter.dim() > 1 ? parameter.size(0) : 1, parameter.size(-1)});
  if (contains("embedding") || contains("positions"))
    return torch::nn::init::normal_(values, 0, 1 / std::sqrt(static_cast<double>(kWidth)));
  return torch::nn::init::xavier_uniform_(values);
}

TEST(Initialization, XavierGoesByTheShapesOfMatrices) {
  for (const auto& config : {transformer(Initialization::kXavier), bahdanau_gru(Initialization::kXavier),
                             luong_lstm(Initialization::kXavier)}) {
    Expected expected;
    EncoderDecoder model = initialized(config);
    for (const auto& item : model->named_parameters()) expected.add(item.key(), xavier_of(item.key(), item.value()));
    expected.expect_all_of(model);
  }
}

TEST(Initialization, IsAFunctionOfTheSeed) {
  const ModelConfig config = bahdanau_gru(Initialization::kXavier);
  const auto first = initialized(config, 1), again = initialized(config, 1), other = initialized(config, 2);
  EXPECT_TRUE(at::equal(first->output->weight, again->output->weight));
  EXPECT_FALSE(at::equal(first->output->weight, other->output->weight));
}

TEST(Initialization, AParameterWithoutInitialValuesIsAnError) {
  EncoderDecoder model(bahdanau_gru(Initialization::kXavier), kSourceVocabulary, kTargetVocabulary);
  model->register_parameter("stray", torch::empty({3}));
  EXPECT_THROW(initialize(model, 1), c10::Error);
}

}  // namespace
}  // namespace heed
