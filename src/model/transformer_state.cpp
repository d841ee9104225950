#include "model/transformer_state.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>

#include <algorithm>

#include "tensor/more_rows.h"

namespace heed {
namespace {

constexpr int64_t kGrowth = 32;  // positions that a cache that is full gets room for, and at least twice what it had

// A cache (rows, width) with room for `needed` rows, of which a step takes `of_step`.
torch::Tensor with_room(const torch::Tensor& cache, int64_t needed, int64_t of_step) {
  if (cache.size(0) >= needed) return cache;
  return more_rows(cache, std::max(2 * cache.size(0), needed + (kGrowth - 1) * of_step));
}

}  // namespace

// All layers have their keys in the same places.
TransformerState::TransformerState(TransformerDecoderImpl& decoder, std::vector<ProjectedMemory> projections)
    : DecoderState(projections.front().segments),
      decoder_(decoder),
      projections_(std::move(projections)),
      caches_(projections_.size()),
      key_rows_(num_rows(), projections_.front().key.device()) {
  const int64_t key_width = decoder.layers.front()->self_attention->key_width();
  for (SelfAttentionCache& cache : caches_)
    cache.rows = at::empty({0, 2 * key_width}, projections_.front().value.options());
}

torch::Tensor TransformerState::step(const Tokens& tokens) {
  const int64_t position = key_rows_.length();
  Tokens here = tokens;
  here.rows.positions = at::full_like(tokens.rows.ids, position);
  torch::Tensor x = decoder_.positions->embed(here, position + 1, {});
  make_room(decoder_.positions->attention(here, position + 1));
  for (size_t i = 0; i < caches_.size(); ++i) x = decoder_.layers[i]->step(x, caches_[i], rows(), projection(i));
  return decoder_.norm ? decoder_.norm(x) : x;
}

ProjectedMemory TransformerState::projection(size_t layer) const {
  const ProjectedMemory& all = projections_[layer];
  return {all.key, all.value, all.key_bias, memory(), all.words};
}

void TransformerState::make_room(const AttentionPositions& encoded) {
  key_rows_.append(next_cache_row_);
  const int64_t rows = num_rows(), longest = key_rows_.rows().size(1);
  std::vector<int32_t> starts(static_cast<size_t>(rows)),
      lengths(starts.size(), static_cast<int32_t>(key_rows_.length()));
  for (size_t row = 0; row < starts.size(); ++row)
    starts[row] = static_cast<int32_t>(static_cast<int64_t>(row) * longest);
  const Segments segments(std::move(starts), std::move(lengths));
  const Segments queries = Segments::packed(std::vector<int32_t>(static_cast<size_t>(rows), 1));
  for (SelfAttentionCache& cache : caches_) {
    cache.rows = with_room(cache.rows, next_cache_row_ + rows, rows);
    cache.key_rows = key_rows_.rows();
    cache.queries = queries;
    cache.segments = segments;
    cache.first_row = next_cache_row_;
    cache.positions = {.first = key_rows_.length() - 1, .step = 0};
    cache.encoded = encoded;
  }
  next_cache_row_ += rows;
}

void TransformerState::select_rows(const std::vector<int64_t>& indices) { key_rows_.select(indices); }

}  // namespace heed
