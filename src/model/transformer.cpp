#include "model/transformer.h"

#include "kernels/cuda/graph.h"
#include "model/graphed_steps.h"
#include "model/layer_list.h"
#include "model/transformer_state.h"
#include "nn/weight_copies.h"

namespace heed {
namespace {

Norm final_norm(torch::nn::Module& parent, const ModelConfig& config) {
  if (config.norm == NormPlace::kPost) return nullptr;
  return parent.register_module("norm", Norm(config.d_model, config.norm_type));
}

}  // namespace

TransformerEncoderImpl::TransformerEncoderImpl(const ModelConfig& config)
    : positions(register_module("positions", PositionalEncoding(config, AttentionRole::kEncoderSelf))),
      layers(
          register_layers(*this, "layers", config.num_encoder_layers, [&] { return TransformerEncoderLayer(config); })),
      norm(final_norm(*this, config)),
      dropout_(config.dropout) {}

Memory TransformerEncoderImpl::forward(const Tokens& tokens, const Segments& source, Pass& pass) {
  torch::Tensor x = positions->embed(tokens, source.max_length(), pass.dropout(dropout_));
  const AttentionPositions encoded = positions->attention(tokens, source.max_length());
  for (auto& layer : layers) x = layer(x, source, encoded, pass);
  return {norm ? norm(x) : x, source, {}};
}

TransformerDecoderImpl::TransformerDecoderImpl(const ModelConfig& config)
    : positions(register_module("positions", PositionalEncoding(config, AttentionRole::kDecoderSelf))),
      layers(
          register_layers(*this, "layers", config.num_decoder_layers, [&] { return TransformerDecoderLayer(config); })),
      norm(final_norm(*this, config)),
      dropout_(config.dropout),
      has_graphs_(GraphedSteps::hold(config)),
      most_positions_(config.longest_target() + 1) {}

torch::Tensor TransformerDecoderImpl::forward(const Tokens& tokens, const Segments& target, const Memory& memory,
                                              Pass& pass) {
  torch::Tensor x = positions->embed(tokens, target.max_length(), pass.dropout(dropout_));
  const TargetRows rows{target, positions->attention(tokens, target.max_length())};
  for (auto& layer : layers) x = layer(x, rows, memory, pass);
  return norm ? norm(x) : x;
}

// Null where there are none, or where a decoding is making its own.
std::shared_ptr<GraphedSteps> TransformerDecoderImpl::graphed_steps() {
  FrozenWeights* const weights = UseFrozen::current();
  if (!has_graphs_ || weights == nullptr || !cuda::OwnStream::in_use()) return nullptr;
  std::shared_ptr<void>& built = weights->built_by(this);
  if (!built) built = std::make_shared<GraphedSteps>(*this, most_positions_);
  return built.use_count() == 1 ? std::static_pointer_cast<GraphedSteps>(built) : nullptr;
}

std::unique_ptr<DecoderState> TransformerDecoderImpl::start(const Memory& memory) {
  std::vector<ProjectedMemory> projections;
  for (auto& layer : layers) projections.push_back(layer->cross_attention->project(memory));
  if (std::shared_ptr<GraphedSteps> steps = graphed_steps())
    return std::make_unique<GraphedState>(std::move(steps), projections);
  return std::make_unique<TransformerState>(*this, std::move(projections));
}

}  // namespace heed
