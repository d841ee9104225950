#include "kernels/log_sum_exp.h"

#include <ATen/ops/logsumexp.h>

#include <limits>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

LogSumExp log_sum_exp(const at::Tensor& x) {
  TORCH_CHECK(x.dim() == 2 && x.scalar_type() == at::kFloat && x.is_contiguous(), "expected whole rows of fp32");
  if (x.is_cuda()) {
    const at::Tensor sums = at::logsumexp(x, 1).to(at::kDouble);
    return {sums.masked_fill(sums.isfinite().logical_not(), std::numeric_limits<double>::quiet_NaN()), {}};
  }
  const LogSumExp result{new_tensor({x.size(0)}, x.options().dtype(at::kDouble)),
                         new_tensor({x.size(0), groups(x.size(1), kLargestOf)}, x.options())};
  const LogSumExpPlan<float> plan{
      pointer<const float>(x),       x.size(0), x.size(1), kLargestOf, pointer<double>(result.sums),
      pointer<float>(result.largest)};
  run(cpu_kernels<float>().log_sum_exp, plan, plan.rows, 8);
  return result;
}

}  // namespace heed
