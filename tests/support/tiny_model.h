#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "model/encoder_decoder.h"
#include "model/initialization.h"

namespace heed::testing {

constexpr int64_t kBos = 2, kEos = 3;

inline ModelConfig tiny_config() {
  ModelConfig config;
  config.d_model = 24;
  config.d_ff = 40;
  config.num_heads = 3;
  config.num_encoder_layers = 2;
  config.num_decoder_layers = 2;
  config.dropout = 0;
  return config;
}

inline EncoderDecoder tiny_model(const ModelConfig& config, int64_t vocabulary_size = 31,
                                 torch::ScalarType type = torch::kFloat) {
  EncoderDecoder model(config, vocabulary_size, vocabulary_size);
  initialize(model, 7);
  model->to(type);
  model->set_compute_type(type);
  return model;
}

// Ids 4 .. vocabulary_size - 1, a pure function of `seed`.
inline std::vector<int64_t> random_ids(int64_t length, uint64_t seed, int64_t vocabulary_size = 31) {
  RandomStream stream(mix64(seed));
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < length; ++i)
    ids.push_back(4 + static_cast<int64_t>(stream.below(static_cast<uint64_t>(vocabulary_size - 4))));
  return ids;
}

// Pairs packed as data/ does: X eos, bos Y, Y eos.
inline Batch pack(const std::vector<std::vector<int64_t>>& sources, const std::vector<std::vector<int64_t>>& targets) {
  Batch batch;
  std::vector<int32_t> source_lengths, target_lengths;
  for (size_t b = 0; b < sources.size(); ++b) {
    batch.source_ids.insert(batch.source_ids.end(), sources[b].begin(), sources[b].end());
    batch.source_ids.push_back(kEos);
    batch.target_input_ids.push_back(kBos);
    batch.target_input_ids.insert(batch.target_input_ids.end(), targets[b].begin(), targets[b].end());
    batch.label_ids.insert(batch.label_ids.end(), targets[b].begin(), targets[b].end());
    batch.label_ids.push_back(kEos);
    source_lengths.push_back(static_cast<int32_t>(sources[b].size() + 1));
    target_lengths.push_back(static_cast<int32_t>(targets[b].size() + 1));
    batch.sentence_ids.push_back(static_cast<int64_t>(b));
  }
  batch.source_segments = Segments::packed(source_lengths);
  batch.target_segments = Segments::packed(target_lengths);
  return batch;
}

// Sentences of the given lengths on both sides.
inline Batch random_batch(const std::vector<int64_t>& source_lengths, const std::vector<int64_t>& target_lengths,
                          uint64_t seed = 1, int64_t vocabulary_size = 31) {
  std::vector<std::vector<int64_t>> sources, targets;
  for (size_t b = 0; b < source_lengths.size(); ++b) {
    sources.push_back(random_ids(source_lengths[b], seed * 1000 + b, vocabulary_size));
    targets.push_back(random_ids(target_lengths[b], seed * 2000 + b, vocabulary_size));
  }
  return pack(sources, targets);
}

}  // namespace heed::testing
