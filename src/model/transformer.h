#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <memory>
#include <vector>

#include "config/model_config.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/transformer_layers.h"
#include "nn/embedding.h"
#include "nn/positional_encoding.h"

namespace heed {

class GraphedSteps;

// The two sides of the Transformer (Vaswani et al. 2017) over packed sentences.

class TransformerEncoderImpl : public Encoder {
 public:
  explicit TransformerEncoderImpl(const ModelConfig& config);
  Memory forward(const Tokens& tokens, const Segments& source, Pass& pass) override;

  PositionalEncoding positions;
  std::vector<TransformerEncoderLayer> layers;
  Norm norm{nullptr};  // pre-norm only: after the last layer

 private:
  double dropout_;
};
TORCH_MODULE(TransformerEncoder);

class TransformerDecoderImpl : public Decoder {
 public:
  explicit TransformerDecoderImpl(const ModelConfig& config);
  torch::Tensor forward(const Tokens& tokens, const Segments& target, const Memory& memory, Pass& pass) override;
  // On a GPU, within UseFrozen and cuda::OwnStream, by CUDA graphs that last as long as the frozen weights.
  std::unique_ptr<DecoderState> start(const Memory& memory) override;

  PositionalEncoding positions;
  std::vector<TransformerDecoderLayer> layers;
  Norm norm{nullptr};  // pre-norm only

 private:
  std::shared_ptr<GraphedSteps> graphed_steps();

  double dropout_;
  bool has_graphs_;
  int64_t most_positions_;
};
TORCH_MODULE(TransformerDecoder);

}  // namespace heed
