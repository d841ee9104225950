#include "model/transformer.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/log_softmax.h>

#include <algorithm>
#include <string>

#include "kernels/matrix_product.h"

namespace heed {
namespace {

torch::Tensor ids_tensor(const std::vector<int64_t>& ids, torch::Device device) {
  return at::from_blob(const_cast<int64_t*>(ids.data()), {static_cast<int64_t>(ids.size())}, torch::kLong)
      .clone()
      .to(device);
}

template <class Layer>
std::vector<Layer> register_layers(torch::nn::Module& parent, int64_t count, const ModelConfig& config) {
  std::vector<Layer> layers;
  torch::nn::ModuleList list;
  for (int64_t i = 0; i < count; ++i) {
    layers.push_back(Layer(config));
    list->push_back(layers.back());
  }
  parent.register_module("layers", list);
  return layers;
}

LayerNorm final_norm(torch::nn::Module& parent, const ModelConfig& config) {
  if (config.norm == NormPlace::kPost) return nullptr;
  return parent.register_module("norm", LayerNorm(config.d_model));
}

}  // namespace

TransformerEncoderImpl::TransformerEncoderImpl(const ModelConfig& config)
    : positions(register_module("positions", PositionalEncoding(config))),
      layers(register_layers<TransformerEncoderLayer>(*this, config.num_encoder_layers, config)),
      norm(final_norm(*this, config)) {}

torch::Tensor TransformerEncoderImpl::forward(torch::Tensor x, const Segments& source, DropoutKeys& keys) {
  for (auto& layer : layers) x = layer(x, source, keys);
  return norm ? norm(x) : x;
}

TransformerDecoderImpl::TransformerDecoderImpl(const ModelConfig& config)
    : positions(register_module("positions", PositionalEncoding(config))),
      layers(register_layers<TransformerDecoderLayer>(*this, config.num_decoder_layers, config)),
      norm(final_norm(*this, config)) {}

torch::Tensor TransformerDecoderImpl::forward(torch::Tensor x, const Segments& target, const Memory& memory,
                                              DropoutKeys& keys) {
  for (auto& layer : layers) x = layer(x, target, memory, keys);
  return norm ? norm(x) : x;
}

OutputProjectionImpl::OutputProjectionImpl(const ModelConfig& config, int64_t vocabulary_size) {
  if (config.tie_embeddings == TieEmbeddings::kNone)
    weight = register_parameter("weight", at::empty({vocabulary_size, config.d_model}));
  if (config.output_bias) bias = register_parameter("bias", at::empty({vocabulary_size}));
}

TransformerImpl::TransformerImpl(const ModelConfig& config, int64_t source_vocabulary_size,
                                 int64_t target_vocabulary_size)
    : encoder(TransformerEncoder(config)), decoder(TransformerDecoder(config)), config_(config) {
  const bool tie_all = config.tie_embeddings == TieEmbeddings::kAll;
  TORCH_CHECK(!tie_all || source_vocabulary_size == target_vocabulary_size,
              "tied embeddings need one vocabulary for both sides");
  source_embedding =
      register_module(tie_all ? "embedding" : "source_embedding", Embedding(source_vocabulary_size, config.d_model));
  target_embedding = tie_all ? source_embedding
                             : register_module("target_embedding", Embedding(target_vocabulary_size, config.d_model));
  register_module("encoder", encoder);
  register_module("decoder", decoder);
  output = register_module("output", OutputProjection(config, target_vocabulary_size));
}

const torch::Tensor& TransformerImpl::output_weight() const {
  return output->weight.defined() ? output->weight : target_embedding->weight;
}

torch::Tensor TransformerImpl::embed(Embedding& embedding, PositionalEncoding& positions,
                                     const std::vector<int64_t>& ids, const std::vector<int64_t>& position_ids,
                                     DropoutKeys& keys) {
  const int64_t longest = position_ids.empty() ? 1 : 1 + *std::max_element(position_ids.begin(), position_ids.end());
  return embed_tokens(embedding->weight, ids_tensor(ids, device()), positions->rows(longest, embedding->weight),
                      ids_tensor(position_ids, device()), keys.next(config_.dropout), compute_type_);
}

Memory TransformerImpl::encode(const std::vector<int64_t>& source_ids, const Segments& source, DropoutKeys& keys) {
  const torch::Tensor x = embed(source_embedding, encoder->positions, source_ids, source.positions(), keys);
  return {encoder(x, source, keys), source};
}

torch::Tensor TransformerImpl::decode(const Memory& memory, const std::vector<int64_t>& target_input_ids,
                                      const Segments& target, DropoutKeys& keys) {
  const torch::Tensor x = embed(target_embedding, decoder->positions, target_input_ids, target.positions(), keys);
  return decoder(x, target, memory, keys);
}

Loss TransformerImpl::loss(const Batch& batch, double label_smoothing, DropoutKeys& keys) {
  const Memory memory = encode(batch.source_ids, batch.source_segments, keys);
  const torch::Tensor hidden = decode(memory, batch.target_input_ids, batch.target_segments, keys);
  return projected_cross_entropy(hidden, output_weight(), output->bias, ids_tensor(batch.label_ids, device()),
                                 label_smoothing);
}

torch::Tensor TransformerImpl::log_probs(const torch::Tensor& hidden) {
  const auto type = hidden.scalar_type();
  std::optional<torch::Tensor> bias;
  if (output->bias.defined()) bias = output->bias.to(type);
  const torch::Tensor logits = row_exact_product(hidden, output_weight().to(type), bias);
  return at::log_softmax(logits, -1, type == torch::kBFloat16 ? torch::kFloat : type);
}

DecoderState TransformerImpl::start(const Memory& memory) {
  std::vector<torch::Tensor> projections;
  for (auto& layer : decoder->layers) projections.push_back(layer->cross_attention->project(memory.hidden));
  return DecoderState(memory, std::move(projections), config_.num_decoder_layers);
}

torch::Tensor TransformerImpl::step(DecoderState& state, const std::vector<int64_t>& tokens) {
  TORCH_CHECK(static_cast<int64_t>(tokens.size()) == state.num_rows(), "one token for each row");
  DropoutKeys none;
  const std::vector<int64_t> position_ids(tokens.size(), state.length());
  torch::Tensor x = embed(target_embedding, decoder->positions, tokens, position_ids, none);
  state.make_room();
  for (size_t i = 0; i < decoder->layers.size(); ++i)
    x = decoder->layers[i]->step(x, state.caches_[i], state.rows_, state.memory_key_values_[i], state.memory_);
  return log_probs(decoder->norm ? decoder->norm(x) : x);
}

}  // namespace heed
