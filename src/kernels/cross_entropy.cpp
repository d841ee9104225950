#include "kernels/cross_entropy.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

RowLosses cross_entropy_rows(at::Tensor& logits, const at::Tensor& labels, double smoothing, bool gradient,
                             const LabelMixture& mixture) {
  const int64_t rows = logits.size(0);
  RowLosses result{at::empty({rows}, logits.options().dtype(at::kDouble)),
                   at::empty({rows}, logits.options().dtype(at::kDouble)),
                   {}};
  if (gradient && mixture.log_share.defined())
    result.gradients = {at::empty_like(mixture.log_share), at::empty_like(mixture.log_other)};
  dispatch_type(logits, [&]<class T>(T) {
    const CrossEntropyPlan<T> plan{.logits = pointer<T>(logits),
                                   .labels = pointer<const int64_t>(labels),
                                   .rows = rows,
                                   .vocabulary_size = logits.size(1),
                                   .smoothing = smoothing,
                                   .gradient = gradient,
                                   .losses = pointer<double>(result.losses),
                                   .log_likelihoods = pointer<double>(result.log_likelihoods),
                                   .log_share = pointer<const double>(mixture.log_share),
                                   .log_other = pointer<const double>(mixture.log_other),
                                   .share_gradient = pointer<double>(result.gradients.log_share),
                                   .other_gradient = pointer<double>(result.gradients.log_other)};
    if constexpr (kWithCuda)
      if (logits.is_cuda()) return cuda::cross_entropy(plan, logits.device());
    run(cpu_kernels<T>().cross_entropy, plan, rows, 8);
  });
  return result;
}

}  // namespace heed
