#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "config/model_config.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/output_layer.h"
#include "nn/embedding.h"
#include "nn/loss.h"
#include "nn/pass.h"
#include "tensor/batch.h"
#include "tensor/device_batch.h"
#include "tensor/segments.h"

namespace heed {

// A sequence-to-sequence model over packed sentences: embeddings, an encoder and a decoder of any kinds, an output
// layer. Weights are empty until initialised (model/initialization.h) or loaded. Parameter names are the
// checkpoint's keys.
class EncoderDecoderImpl : public torch::nn::Module {
 public:
  EncoderDecoderImpl(const ModelConfig& config, int64_t source_vocabulary_size, int64_t target_vocabulary_size);

  // Training: with gradient enabled. Evaluation: call within torch::NoGradGuard and with Pass{}; a sentence's
  // results then do not depend on the batch, bit for bit on the CPU.
  Memory encode(const std::vector<int64_t>& source_ids, const Segments& source, Pass& pass);
  Memory encode(const Batch& batch, Pass& pass);  // its sources
  torch::Tensor decode(const Memory& memory, const std::vector<int64_t>& target_input_ids, const Segments& target,
                       Pass& pass);  // (Nt, D)
  Loss loss(const DeviceBatch& batch, double label_smoothing, Pass& pass);
  Loss loss(const Batch& batch, double label_smoothing, Pass& pass);
  // OutputLayer's, of several targets for each source: targets of all sources, and again, block after block. What
  // layers add to a loss stays out.
  Loss weighted_loss(const DeviceBatch& batch, const RowWeigher& weigh, Pass& pass);

  // Type of the activations: fp32 (default), bf16, or double for tests. Weights keep their own type.
  void set_compute_type(torch::ScalarType type) { compute_type_ = type; }
  torch::ScalarType compute_type() const { return compute_type_; }
  const ModelConfig& config() const { return config_; }
  torch::Device device() const { return source_embedding->weight.device(); }

  Embedding source_embedding{nullptr}, target_embedding{nullptr};  // one and the same where tied
  std::shared_ptr<Encoder> encoder;
  std::shared_ptr<Decoder> decoder;
  OutputLayer output{nullptr};

 private:
  Memory encode(const TokenIds& rows, const Segments& source, Pass& pass);
  Memory encode(const DeviceBatch& batch, Pass& pass);
  Tokens tokens(const Embedding& embedding, const TokenIds& rows) const {
    return {embedding->weight, rows, compute_type_};
  }
  TokenIds token_ids(const std::vector<int64_t>& ids, const Segments& segments) const;

  ModelConfig config_;
  torch::ScalarType compute_type_ = torch::kFloat;
};
TORCH_MODULE(EncoderDecoder);

}  // namespace heed
