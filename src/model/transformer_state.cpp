#include "model/transformer_state.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace heed {
namespace {

constexpr int64_t kFirstLength = 32;  // positions the index table starts with; doubled when full

}  // namespace

TransformerState::TransformerState(const Memory& memory, std::vector<torch::Tensor> memory_key_values)
    : DecoderState(memory.segments),
      memory_key_values_(std::move(memory_key_values)),
      caches_(memory_key_values_.size()),
      key_rows_(at::zeros({memory.segments.size(), kFirstLength}, torch::kInt)) {
  const torch::Tensor& like = memory.hidden;
  for (SelfAttentionCache& cache : caches_)
    cache.rows = at::empty({memory.segments.size() * kFirstLength, 2 * like.size(1)}, like.options());
}

void TransformerState::make_room() {
  if (length_ == key_rows_.size(1)) key_rows_ = at::cat({key_rows_, at::zeros_like(key_rows_)}, 1);
  const int64_t rows = num_rows(), longest = key_rows_.size(1);
  auto table = key_rows_.accessor<int32_t, 2>();
  std::vector<int32_t> starts(static_cast<size_t>(rows)), lengths(starts.size(), static_cast<int32_t>(length_ + 1));
  for (int64_t row = 0; row < rows; ++row) {
    table[row][length_] = static_cast<int32_t>(next_cache_row_ + row);
    starts[static_cast<size_t>(row)] = static_cast<int32_t>(row * longest);
  }
  const Segments segments(std::move(starts), std::move(lengths));
  const torch::Tensor key_rows = key_rows_.to(caches_.front().rows.device());  // on the CPU the table itself
  for (SelfAttentionCache& cache : caches_) {
    while (cache.rows.size(0) < next_cache_row_ + rows) cache.rows = at::cat({cache.rows, at::empty_like(cache.rows)});
    cache.key_rows = key_rows;
    cache.segments = segments;
    cache.first_row = next_cache_row_;
  }
  next_cache_row_ += rows;
  ++length_;
}

void TransformerState::select_rows(const torch::Tensor& indices) { key_rows_ = key_rows_.index_select(0, indices); }

}  // namespace heed
