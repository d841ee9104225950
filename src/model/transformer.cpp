#include "model/transformer.h"

#include "model/layer_list.h"
#include "model/transformer_state.h"

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
      dropout_(config.dropout) {}

torch::Tensor TransformerDecoderImpl::forward(const Tokens& tokens, const Segments& target, const Memory& memory,
                                              Pass& pass) {
  torch::Tensor x = positions->embed(tokens, target.max_length(), pass.dropout(dropout_));
  const TargetRows rows{target, positions->attention(tokens, target.max_length())};
  for (auto& layer : layers) x = layer(x, rows, memory, pass);
  return norm ? norm(x) : x;
}

std::unique_ptr<DecoderState> TransformerDecoderImpl::start(const Memory& memory) {
  std::vector<ProjectedMemory> projections;
  for (auto& layer : layers) projections.push_back(layer->cross_attention->project(memory));
  return std::make_unique<TransformerState>(*this, std::move(projections));
}

}  // namespace heed
