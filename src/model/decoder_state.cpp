#include "model/decoder_state.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <numeric>

namespace heed {

DecoderState::DecoderState(const Segments& memory)
    : all_memory_(memory), sentences_(static_cast<size_t>(memory.size())) {
  std::iota(sentences_.begin(), sentences_.end(), 0);
  index_rows();
}

void DecoderState::index_rows() {
  std::vector<int32_t> starts, lengths, row_counts;
  for (size_t row = 0; row < sentences_.size(); ++row) {
    const auto sentence = static_cast<size_t>(sentences_[row]);
    TORCH_CHECK(row == 0 || sentences_[row - 1] <= sentences_[row], "rows of sentences must stay in order");
    if (row == 0 || sentences_[row - 1] != sentences_[row]) {
      starts.push_back(all_memory_.starts()[sentence]);
      lengths.push_back(all_memory_.lengths()[sentence]);
      row_counts.push_back(0);
    }
    ++row_counts.back();
  }
  memory_ = Segments(std::move(starts), std::move(lengths));
  rows_ = Segments::packed(row_counts);
}

Segments DecoderState::memory_of_rows() const {
  std::vector<int32_t> starts, lengths;
  for (const int64_t sentence : sentences_) {
    starts.push_back(all_memory_.starts()[static_cast<size_t>(sentence)]);
    lengths.push_back(all_memory_.lengths()[static_cast<size_t>(sentence)]);
  }
  return {std::move(starts), std::move(lengths)};
}

void DecoderState::select(const std::vector<int64_t>& indices) {
  std::vector<int64_t> sentences(indices.size());
  std::transform(indices.begin(), indices.end(), sentences.begin(),
                 [&](int64_t index) { return sentences_[static_cast<size_t>(index)]; });
  sentences_ = std::move(sentences);
  select_rows(indices);
  index_rows();
}

}  // namespace heed
