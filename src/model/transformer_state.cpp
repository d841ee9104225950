#include "model/transformer_state.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "tensor/id_tensor.h"

namespace heed {
namespace {

constexpr int64_t kFirstLength = 32;  // positions the index table starts with; doubled when full

}  // namespace

// All layers have their keys in the same places.
TransformerState::TransformerState(TransformerDecoderImpl& decoder, std::vector<ProjectedMemory> projections)
    : DecoderState(projections.front().segments),
      decoder_(decoder),
      projections_(std::move(projections)),
      caches_(projections_.size()),
      key_rows_(at::zeros({num_rows(), kFirstLength}, projections_.front().key.options().dtype(torch::kInt))) {
  const int64_t key_width = decoder.layers.front()->self_attention->key_width();
  for (SelfAttentionCache& cache : caches_)
    cache.rows = at::empty({num_rows() * kFirstLength, 2 * key_width}, projections_.front().value.options());
}

torch::Tensor TransformerState::step(const Tokens& tokens) {
  Tokens here = tokens;
  here.rows.positions = at::full_like(tokens.rows.ids, length_);
  torch::Tensor x = decoder_.positions->embed(here, length_ + 1, {});
  make_room(decoder_.positions->attention(here, length_ + 1));
  for (size_t i = 0; i < caches_.size(); ++i) x = decoder_.layers[i]->step(x, caches_[i], rows(), projection(i));
  return decoder_.norm ? decoder_.norm(x) : x;
}

ProjectedMemory TransformerState::projection(size_t layer) const {
  const ProjectedMemory& all = projections_[layer];
  return {all.key, all.value, all.key_bias, memory(), all.words};
}

void TransformerState::make_room(const AttentionPositions& encoded) {
  if (length_ == key_rows_.size(1)) key_rows_ = at::cat({key_rows_, at::zeros_like(key_rows_)}, 1);
  const int64_t rows = num_rows(), longest = key_rows_.size(1);
  key_rows_.select(1, length_).copy_(at::arange(next_cache_row_, next_cache_row_ + rows, key_rows_.options()));
  std::vector<int32_t> starts(static_cast<size_t>(rows)), lengths(starts.size(), static_cast<int32_t>(length_ + 1));
  for (size_t row = 0; row < starts.size(); ++row)
    starts[row] = static_cast<int32_t>(static_cast<int64_t>(row) * longest);
  const Segments segments(std::move(starts), std::move(lengths));
  const Segments queries = Segments::packed(std::vector<int32_t>(static_cast<size_t>(rows), 1));
  for (SelfAttentionCache& cache : caches_) {
    while (cache.rows.size(0) < next_cache_row_ + rows) cache.rows = at::cat({cache.rows, at::empty_like(cache.rows)});
    cache.key_rows = key_rows_;
    cache.queries = queries;
    cache.segments = segments;
    cache.first_row = next_cache_row_;
    cache.positions = {.first = length_, .step = 0};
    cache.encoded = encoded;
  }
  next_cache_row_ += rows;
  ++length_;
}

void TransformerState::select_rows(const std::vector<int64_t>& indices) {
  key_rows_ = key_rows_.index_select(0, id_tensor(indices, key_rows_.device()));
}

}  // namespace heed
