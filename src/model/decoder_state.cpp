#include "model/decoder_state.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <numeric>

namespace heed {
namespace {

constexpr int64_t kFirstLength = 32;  // positions the index table starts with; doubled when full

}  // namespace

DecoderState::DecoderState(const Memory& memory, std::vector<torch::Tensor> memory_key_values, int64_t num_layers)
    : memory_key_values_(std::move(memory_key_values)),
      all_memory_(memory.segments),
      caches_(static_cast<size_t>(num_layers)),
      key_rows_(at::zeros({memory.segments.size(), kFirstLength}, torch::kInt)),
      sentences_(static_cast<size_t>(memory.segments.size())) {
  std::iota(sentences_.begin(), sentences_.end(), 0);
  const torch::Tensor& like = memory.hidden;
  for (SelfAttentionCache& cache : caches_)
    cache.rows = at::empty({memory.segments.size() * kFirstLength, 2 * like.size(1)}, like.options());
  index_rows();
}

void DecoderState::index_rows() {
  std::vector<int32_t> starts, lengths, row_counts;
  for (size_t row = 0; row < sentences_.size(); ++row) {
    const auto sentence = static_cast<size_t>(sentences_[row]);
    if (row == 0 || sentences_[row - 1] != sentences_[row]) {
      TORCH_CHECK(row == 0 || sentences_[row - 1] < sentences_[row], "rows of sentences must stay in order");
      starts.push_back(all_memory_.starts()[sentence]);
      lengths.push_back(all_memory_.lengths()[sentence]);
      row_counts.push_back(0);
    }
    ++row_counts.back();
  }
  memory_ = Segments(std::move(starts), std::move(lengths));
  rows_ = Segments::packed(row_counts);
}

void DecoderState::make_room() {
  if (length_ == key_rows_.size(1)) key_rows_ = at::cat({key_rows_, at::zeros_like(key_rows_)}, 1);
  const int64_t rows = num_rows(), longest = key_rows_.size(1);
  auto table = key_rows_.accessor<int32_t, 2>();
  std::vector<int32_t> starts(sentences_.size()), lengths(sentences_.size(), static_cast<int32_t>(length_ + 1));
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

void DecoderState::select(const std::vector<int64_t>& indices) {
  std::vector<int64_t> sentences(indices.size());
  std::transform(indices.begin(), indices.end(), sentences.begin(),
                 [&](int64_t index) { return sentences_[static_cast<size_t>(index)]; });
  sentences_ = std::move(sentences);
  key_rows_ = key_rows_.index_select(0, at::tensor(indices, torch::kLong));
  index_rows();
}

}  // namespace heed
