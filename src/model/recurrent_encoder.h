#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <vector>

#include "config/model_config.h"
#include "model/encoder.h"
#include "nn/recurrent_cell.h"
#include "nn/time_major.h"

namespace heed {

// One layer that reads its rows in both directions, each with half the width: (N, D) -> (N, D), forward states in the
// left half, backward states in the right one (Schuster and Paliwal 1997).
class BidirectionalLayerImpl : public torch::nn::Module {
 public:
  explicit BidirectionalLayerImpl(const ModelConfig& config);

  struct Output {
    torch::Tensor hidden;          // (N, D)
    torch::Tensor backward_state;  // (B, D/2): at each sentence's first row, having read all of it
  };
  Output forward(const torch::Tensor& x, const Segments& source, Pass& pass);

  RecurrentCell forward_cell, backward_cell;

 private:
  torch::Tensor run(RecurrentCell& cell, const torch::Tensor& x, const TimeMajor& order, Pass& pass);

  double recurrent_dropout_;
};
TORCH_MODULE(BidirectionalLayer);

// Bidirectional recurrent encoder (Bahdanau et al. 2015, section 3.2), num_encoder_layers deep, dropout before each
// layer. The two directions of a layer share d_model between them, so that memory is as wide as everything else; the
// paper gives each direction the full width. The summary is the last layer's backward state.
class RecurrentEncoderImpl : public Encoder {
 public:
  explicit RecurrentEncoderImpl(const ModelConfig& config);
  Memory forward(const Tokens& tokens, const Segments& source, Pass& pass) override;

  std::vector<BidirectionalLayer> layers;

 private:
  double dropout_;
};
TORCH_MODULE(RecurrentEncoder);

}  // namespace heed
