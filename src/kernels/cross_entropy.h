#pragma once

#include <ATen/core/Tensor.h>

namespace heed {

// Another way to write each row's label beside the vocabulary's distribution (copying, nn/copy_layer.h):
//   p(label) = e^log_share p_vocabulary(label) + e^log_other
// A label from V on is none of the vocabulary's.
struct LabelMixture {
  at::Tensor log_share, log_other;  // (N) double each, or undefined: there is none
};

// Smoothed cross entropy of every row (Szegedy et al. 2016, section 7; mass smoothing/V on each of the V entries, as
// PyTorch's label_smoothing):  loss = -(1 - e) log p(label) - e/V sum_v log p_vocabulary(v).
struct RowLosses {
  at::Tensor losses;           // (N) double
  at::Tensor log_likelihoods;  // (N) double: log p(label), unsmoothed
  LabelMixture gradients;      // of the summed loss, where there is a mixture and `gradient`
};

// logits (N, V) contiguous, labels int64 (N); kPaddingLabel: a row of no loss, whose gradient is 0. With `gradient`,
// logits are replaced by the gradient of the summed loss.
RowLosses cross_entropy_rows(at::Tensor& logits, const at::Tensor& labels, double smoothing, bool gradient,
                             const LabelMixture& mixture = {});

}  // namespace heed
