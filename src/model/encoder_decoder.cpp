#include "model/encoder_decoder.h"

#include <ATen/ops/cat.h>

#include "model/convolutional_encoder.h"
#include "model/recurrent_decoder.h"
#include "model/recurrent_encoder.h"
#include "model/transformer.h"
#include "tensor/id_tensor.h"

namespace heed {
namespace {

std::shared_ptr<Encoder> make_encoder(const ModelConfig& config) {
  switch (config.encoder) {
    case EncoderType::kTransformer:
      return std::make_shared<TransformerEncoderImpl>(config);
    case EncoderType::kRecurrent:
      return std::make_shared<RecurrentEncoderImpl>(config);
    case EncoderType::kConvolutional:
      return std::make_shared<ConvolutionalEncoderImpl>(config);
  }
  TORCH_CHECK(false, "unknown encoder");
}

std::shared_ptr<Decoder> make_decoder(const ModelConfig& config) {
  switch (config.decoder) {
    case DecoderType::kTransformer:
      return std::make_shared<TransformerDecoderImpl>(config);
    case DecoderType::kRecurrent:
      return std::make_shared<RecurrentDecoderImpl>(config);
  }
  TORCH_CHECK(false, "unknown decoder");
}

// All sentences `times` over.
Memory repeated(const Memory& memory, int64_t times) {
  const auto again = [&](const torch::Tensor& rows) {
    return rows.defined() ? at::cat(std::vector<torch::Tensor>(static_cast<size_t>(times), rows)) : rows;
  };
  std::vector<int32_t> lengths;
  for (int64_t i = 0; i < times; ++i)
    lengths.insert(lengths.end(), memory.segments.lengths().begin(), memory.segments.lengths().end());
  return {again(memory.hidden), Segments::packed(lengths), again(memory.summary), again(memory.values),
          again(memory.tokens)};
}

}  // namespace

EncoderDecoderImpl::EncoderDecoderImpl(const ModelConfig& config, int64_t source_vocabulary_size,
                                       int64_t target_vocabulary_size)
    : encoder(make_encoder(config)), decoder(make_decoder(config)), config_(config) {
  const bool tie_all = config.tie_embeddings == TieEmbeddings::kAll;
  TORCH_CHECK(!tie_all || source_vocabulary_size == target_vocabulary_size,
              "tied embeddings need one vocabulary for both sides");
  source_embedding =
      register_module(tie_all ? "embedding" : "source_embedding", Embedding(source_vocabulary_size, config.d_model));
  target_embedding = tie_all ? source_embedding
                             : register_module("target_embedding", Embedding(target_vocabulary_size, config.d_model));
  register_module("encoder", encoder);
  register_module("decoder", decoder);
  output = register_module("output", OutputLayer(config, target_embedding));
}

TokenIds EncoderDecoderImpl::token_ids(const std::vector<int64_t>& ids, const Segments& segments) const {
  return {id_tensor(ids, device()), id_tensor(segments.positions(), device()), {}, {}};
}

Memory EncoderDecoderImpl::encode(const std::vector<int64_t>& source_ids, const Segments& source, Pass& pass) {
  return encode(token_ids(source_ids, source), source, pass);
}

Memory EncoderDecoderImpl::encode(const Batch& batch, Pass& pass) {
  Memory memory = encode(batch.source_ids, batch.source_segments, pass);
  if (output->copy && !batch.copied_ids.empty()) memory.tokens = id_tensor(batch.copied_ids, device());
  return memory;
}

Memory EncoderDecoderImpl::encode(const TokenIds& rows, const Segments& source, Pass& pass) {
  Memory memory = encoder->forward(tokens(source_embedding, rows), source, pass);
  if (output->copy) memory.tokens = rows.ids;
  return memory;
}

Memory EncoderDecoderImpl::encode(const DeviceBatch& batch, Pass& pass) {
  Memory memory = encode(batch.source, batch.source_segments, pass);
  if (output->copy && batch.copied_ids.defined()) memory.tokens = batch.copied_ids;
  return memory;
}

torch::Tensor EncoderDecoderImpl::decode(const Memory& memory, const std::vector<int64_t>& target_input_ids,
                                         const Segments& target, Pass& pass) {
  return decoder->forward(tokens(target_embedding, token_ids(target_input_ids, target)), target, memory, pass);
}

Loss EncoderDecoderImpl::loss(const DeviceBatch& batch, double label_smoothing, Pass& pass) {
  const Memory memory = encode(batch, pass);
  const torch::Tensor hidden =
      decoder->forward(tokens(target_embedding, batch.target_input), batch.target_segments, memory, pass);
  Loss loss = output->loss({hidden, batch.target_segments, memory}, batch.label_ids, label_smoothing, pass);
  loss.num_tokens = batch.num_target_tokens;
  loss.add_penalty(pass.penalty());
  return loss;
}

Loss EncoderDecoderImpl::weighted_loss(const DeviceBatch& batch, const RowWeigher& weigh, Pass& pass) {
  const Segments& targets = batch.target_segments;
  const Memory memory = repeated(encode(batch, pass), targets.size() / batch.source_segments.size());
  const torch::Tensor hidden = decoder->forward(tokens(target_embedding, batch.target_input), targets, memory, pass);
  return output->weighted_loss({hidden, targets, memory}, batch.label_ids, weigh, pass);
}

Loss EncoderDecoderImpl::loss(const Batch& batch, double label_smoothing, Pass& pass) {
  BatchMemory memory(batch, device());
  memory.put(batch, 0);
  return loss(memory.batch(), label_smoothing, pass);
}

}  // namespace heed
