#include "kernels/cross_entropy.h"

#include <ATen/ops/empty.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

RowLosses cross_entropy_rows(at::Tensor& logits, const at::Tensor& labels, double smoothing, bool gradient) {
  if constexpr (kWithCuda)
    if (logits.is_cuda()) return cuda::cross_entropy_rows(logits, labels, smoothing, gradient);
  const int64_t rows = logits.size(0);
  RowLosses result{at::empty({rows}, logits.options().dtype(at::kDouble)),
                   at::empty({rows}, logits.options().dtype(at::kDouble))};
  dispatch(logits, [&]<class T>(T) {
    const CrossEntropyPlan<T> plan{pointer<T>(logits),
                                   pointer<const int64_t>(labels),
                                   logits.size(1),
                                   smoothing,
                                   gradient,
                                   pointer<double>(result.losses),
                                   pointer<double>(result.log_likelihoods)};
    run(cpu_kernels<T>().cross_entropy, plan, rows, 8);
  });
  return result;
}

}  // namespace heed
