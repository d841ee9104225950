#include "model/copy_state.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/logaddexp.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "tensor/id_tensor.h"

namespace heed {

CopyState::CopyState(const CopyLayer& layer, const Memory& memory)
    : layer_(layer), memory_(memory), keys_(layer_->keys(memory)) {
  const torch::Tensor on_host = memory.tokens.cpu();
  const int64_t* token = on_host.const_data_ptr<int64_t>();
  for (int64_t b = 0; b < memory.segments.size(); ++b) {
    const int64_t rows = memory.segments.lengths()[static_cast<size_t>(b)];
    const int64_t* const first = token + memory.segments.starts()[static_cast<size_t>(b)];
    std::unordered_map<int64_t, int64_t> places;
    std::vector<int64_t> ids, place_of_row;
    for (const int64_t* id = first; id < first + rows; ++id) {
      num_tokens_ = std::max(num_tokens_, *id + 1);
      const auto [found, is_new] = places.emplace(*id, static_cast<int64_t>(ids.size()));
      if (is_new) ids.push_back(*id);
      place_of_row.push_back(found->second);
    }
    const torch::Tensor read = at::zeros({rows, static_cast<int64_t>(ids.size())});
    auto entries = read.accessor<float, 2>();
    for (int64_t i = 0; i < rows; ++i) entries[i][place_of_row[static_cast<size_t>(i)]] = 1;
    tokens_.push_back({id_tensor(ids, memory.tokens.device()), read.to(memory.tokens.device())});
  }
}

Copying CopyState::look(const torch::Tensor& hidden, const DecoderState& decoder) {
  return layer_->forward({hidden, decoder.rows(), decoder.memory(), covered_}, memory_, keys_);
}

// log p(v) = logit(v) - log_sum of its row, so that to share is to add to the sum of the row, and what is copied of
// token v is added to its logit; p sums to 1, so that the row's new sum is the logarithm that it is shared by.
torch::Tensor CopyState::mixed(torch::Tensor logits, const Copying& copying, const DecoderState& decoder) {
  const Segments& rows = decoder.rows();
  const torch::Tensor log_sum = at::logsumexp(logits, 1).to(torch::kDouble) - copying.log_share;
  const torch::Tensor copied = (log_sum + copying.log_gate).to(logits.scalar_type()).unsqueeze(1);
  if (num_tokens_ > logits.size(1))
    logits = at::constant_pad_nd(logits, {0, num_tokens_ - logits.size(1)}, -std::numeric_limits<double>::infinity());
  covered_.resize(copying.weights.size());
  for (size_t b = 0; b < copying.weights.size(); ++b) {
    const int64_t first = rows.starts()[b], count = rows.lengths()[b];
    const Tokens& tokens = tokens_[static_cast<size_t>(decoder.sentences()[static_cast<size_t>(first)])];
    const torch::Tensor weights = copying.weights[b].to(logits.scalar_type());
    torch::Tensor of_rows = logits.narrow(0, first, count);
    const torch::Tensor by_copying =
        at::matmul(weights, tokens.read.to(weights.scalar_type())).log_() + copied.narrow(0, first, count);
    of_rows.index_copy_(1, tokens.ids, at::logaddexp(of_rows.index_select(1, tokens.ids), by_copying));
    if (layer_->covers()) covered_[b] = covered_[b].defined() ? covered_[b] + weights : weights;
  }
  return logits;
}

void CopyState::select(const std::vector<int64_t>& indices, const DecoderState& decoder) {
  if (!layer_->covers()) return;
  std::vector<torch::Tensor> covered;
  std::vector<int64_t> rows;  // of one sentence, from its first
  size_t sentence = 0;
  const Segments& before = decoder.rows();
  const auto take = [&] {
    if (!rows.empty()) covered.push_back(covered_[sentence].index_select(0, id_tensor(rows, keys_.device())));
    rows.clear();
  };
  for (const int64_t index : indices) {
    while (index >= before.starts()[sentence] + before.lengths()[sentence]) {
      take();
      ++sentence;
    }
    rows.push_back(index - before.starts()[sentence]);
  }
  take();
  covered_ = std::move(covered);
}

}  // namespace heed
