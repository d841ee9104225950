#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "config/model_config.h"
#include "model/decoder_state.h"
#include "model/transformer_layers.h"
#include "nn/dropout_keys.h"
#include "nn/embedding.h"
#include "nn/loss.h"
#include "tensor/batch.h"
#include "tensor/segments.h"

namespace heed {

class TransformerEncoderImpl : public torch::nn::Module {
 public:
  explicit TransformerEncoderImpl(const ModelConfig& config);
  torch::Tensor forward(torch::Tensor x, const Segments& source, DropoutKeys& keys);  // (Ns, D) -> (Ns, D)

  PositionalEncoding positions;
  std::vector<TransformerEncoderLayer> layers;
  LayerNorm norm{nullptr};  // pre-norm only: after the last layer
};
TORCH_MODULE(TransformerEncoder);

class TransformerDecoderImpl : public torch::nn::Module {
 public:
  explicit TransformerDecoderImpl(const ModelConfig& config);
  torch::Tensor forward(torch::Tensor x, const Segments& target, const Memory& memory, DropoutKeys& keys);

  PositionalEncoding positions;
  std::vector<TransformerDecoderLayer> layers;
  LayerNorm norm{nullptr};  // pre-norm only
};
TORCH_MODULE(TransformerDecoder);

// The output projection's own parameters, where it has any: `weight` unless tied, `bias` if asked for.
class OutputProjectionImpl : public torch::nn::Module {
 public:
  OutputProjectionImpl(const ModelConfig& config, int64_t vocabulary_size);
  torch::Tensor weight, bias;
};
TORCH_MODULE(OutputProjection);

// Encoder-decoder Transformer over packed sentences (Vaswani et al. 2017). Weights are empty until initialised
// (model/initialization.h) or loaded. Parameter names are the checkpoint's keys.
class TransformerImpl : public torch::nn::Module {
 public:
  TransformerImpl(const ModelConfig& config, int64_t source_vocabulary_size, int64_t target_vocabulary_size);

  // Training: with gradient enabled. Evaluation: call within torch::NoGradGuard and with DropoutKeys{}; a sentence's
  // results then do not depend on the batch, bit for bit on the CPU.
  Memory encode(const std::vector<int64_t>& source_ids, const Segments& source, DropoutKeys& keys);
  torch::Tensor decode(const Memory& memory, const std::vector<int64_t>& target_input_ids, const Segments& target,
                       DropoutKeys& keys);  // (Nt, D)
  Loss loss(const Batch& batch, double label_smoothing, DropoutKeys& keys);

  // log p of every vocabulary entry: hidden (N, D) -> (N, V) float (double for a double model).
  torch::Tensor log_probs(const torch::Tensor& hidden);

  // Decoding step by step: feed `tokens`, one for each row of the state (first bos), and get (R, V) log_probs of the
  // next.
  DecoderState start(const Memory& memory);
  torch::Tensor step(DecoderState& state, const std::vector<int64_t>& tokens);

  // Type of the activations: fp32 (default), bf16, or double for tests. Weights keep their own type.
  void set_compute_type(torch::ScalarType type) { compute_type_ = type; }
  const ModelConfig& config() const { return config_; }
  torch::Device device() const { return source_embedding->weight.device(); }

  Embedding source_embedding{nullptr}, target_embedding{nullptr};  // one and the same where tied
  TransformerEncoder encoder;
  TransformerDecoder decoder;
  OutputProjection output{nullptr};

 private:
  torch::Tensor embed(Embedding& embedding, PositionalEncoding& positions, const std::vector<int64_t>& ids,
                      const std::vector<int64_t>& position_ids, DropoutKeys& keys);
  const torch::Tensor& output_weight() const;

  ModelConfig config_;
  torch::ScalarType compute_type_ = torch::kFloat;
};
TORCH_MODULE(Transformer);

}  // namespace heed
