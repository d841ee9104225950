#include "nn/time_major.h"

#include <ATen/ops/index_select.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <numeric>

#include "tensor/id_tensor.h"

namespace heed {
namespace {

struct PermuteRowsFunction : torch::autograd::Function<PermuteRowsFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& rows, const torch::Tensor& inverse) {
    context->save_for_backward({inverse});
    return x.index_select(0, rows);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    return {gradients[0].index_select(0, context->get_saved_variables()[0]), torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor permute_rows(const torch::Tensor& x, const torch::Tensor& rows, const torch::Tensor& inverse) {
  return PermuteRowsFunction::apply(x, rows, inverse);
}

TimeMajor::TimeMajor(const Segments& segments, Direction direction, torch::Device device)
    : sentences_(static_cast<size_t>(segments.size())) {
  TORCH_CHECK(segments.is_packed(), "expected packed rows");
  const auto length = [&](int64_t sentence) { return segments.lengths()[static_cast<size_t>(sentence)]; };
  std::iota(sentences_.begin(), sentences_.end(), 0);
  std::stable_sort(sentences_.begin(), sentences_.end(), [&](int64_t a, int64_t b) { return length(a) > length(b); });

  std::vector<int64_t> packed, ordered(static_cast<size_t>(segments.num_rows()));
  for (int32_t t = 0; t < segments.max_length(); ++t) {
    counts_.push_back(0);
    for (const int64_t sentence : sentences_) {
      if (length(sentence) <= t) break;
      const int32_t position = direction == Direction::kForward ? t : length(sentence) - 1 - t;
      const int64_t row = segments.starts()[static_cast<size_t>(sentence)] + position;
      ordered[static_cast<size_t>(row)] = static_cast<int64_t>(packed.size());
      packed.push_back(row);
      ++counts_.back();
    }
  }
  packed_rows_ = id_tensor(packed, device);
  ordered_rows_ = id_tensor(ordered, device);
}

torch::Tensor TimeMajor::reorder(const torch::Tensor& packed) const {
  return permute_rows(packed, packed_rows_, ordered_rows_);
}

torch::Tensor TimeMajor::restore(const torch::Tensor& ordered) const {
  return permute_rows(ordered, ordered_rows_, packed_rows_);
}

Segments TimeMajor::reach(const Segments& memory) const {
  std::vector<int32_t> starts, lengths;
  for (const int64_t sentence : sentences_) {
    starts.push_back(memory.starts()[static_cast<size_t>(sentence)]);
    lengths.push_back(memory.lengths()[static_cast<size_t>(sentence)]);
  }
  return {std::move(starts), std::move(lengths)};
}

}  // namespace heed
