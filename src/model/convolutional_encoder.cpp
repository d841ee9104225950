#include "model/convolutional_encoder.h"

#include <cmath>

#include "model/layer_list.h"
#include "nn/activation.h"
#include "nn/recurrent_cell.h"

namespace heed {
namespace {

const double kHalfRoot = std::sqrt(0.5);  // keeps the variance of a sum of two

}  // namespace

ConvolutionalEncoderImpl::ConvolutionalEncoderImpl(const ModelConfig& config)
    : positions(register_module("positions", PositionalEncoding(config, AttentionRole::kEncoderSelf))),
      layers(register_layers(
          *this, "layers", config.num_encoder_layers,
          [&] { return Convolution(config.d_model, 2 * config.d_model, config.kernel_width, 1 - config.dropout); })),
      dropout_(config.dropout),
      width_(config.kernel_width) {}

Memory ConvolutionalEncoderImpl::forward(const Tokens& tokens, const Segments& source, Pass& pass) {
  const torch::Tensor embedded = positions->embed(tokens, source.max_length(), pass.dropout(dropout_));
  const Neighbours neighbours(source, width_, embedded.device());
  torch::Tensor x = embedded;
  for (auto& layer : layers) {
    const torch::Tensor gates = layer(dropout(x, pass.dropout(dropout_)), neighbours);
    x = (x + gated_activation(ActivationFunction::kSigmoid, gates, {})) * kHalfRoot;
  }
  return {x, source, {}, (x + embedded) * kHalfRoot};
}

}  // namespace heed
