#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/host_device.h"
#include "kernels/plans.h"

namespace heed {

// What one row of a cross entropy makes of its label, the same on both devices.
struct LabelLoss {
  double log_likelihood;  // log p(label)
  // The gradient of the loss by logit v is spread p_vocabulary(v) - pull [v = label] - e/V: 1 and 1 - e where there is
  // no mixture.
  double spread, pull;
  double share_gradient = 0, other_gradient = 0;  // by log_share and log_other
};

// `of_vocabulary`: log p_vocabulary(label), -infinity for a label from V on.
template <class T>
HEED_HOST_DEVICE LabelLoss label_loss(const CrossEntropyPlan<T>& plan, int64_t row, double of_vocabulary) {
  const double truth = 1 - plan.smoothing;
  if (!plan.log_share) return {of_vocabulary, 1, truth};
  const double kept = plan.log_share[row] + of_vocabulary, other = plan.log_other[row];
  const double top = kept > other ? kept : other, low = kept > other ? other : kept;
  const double sum = top + std::log1p(std::exp(low - top));
  const double by_vocabulary = truth * std::exp(kept - sum), by_other = truth * std::exp(other - sum);
  return {sum, by_vocabulary + plan.smoothing, by_vocabulary, -by_vocabulary, -by_other};
}

// Notes it down, also for a row of no loss, which is LabelLoss{}.
template <class T>
HEED_HOST_DEVICE void store_label_loss(const CrossEntropyPlan<T>& plan, int64_t row, const LabelLoss& loss,
                                       double of_all) {
  plan.log_likelihoods[row] = loss.log_likelihood;
  plan.losses[row] =
      -(1 - plan.smoothing) * loss.log_likelihood - plan.smoothing / static_cast<double>(plan.vocabulary_size) * of_all;
  if (!plan.share_gradient) return;
  plan.share_gradient[row] = loss.share_gradient;
  plan.other_gradient[row] = loss.other_gradient;
}

}  // namespace heed
