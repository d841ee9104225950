#include "kernels/best_tokens.h"

#include <algorithm>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

BestTokens best_tokens(const at::Tensor& logits, int64_t count, const std::vector<int64_t>& forbidden) {
  TORCH_CHECK(count >= 1 && forbidden.size() <= kMostForbidden, "too few or too many tokens asked for");
  TORCH_CHECK(kWithCuda && logits.is_cuda(), "this build lists no best tokens of logits on ", logits.device());
  const int64_t rows = logits.size(0);
  // One copy brings both home.
  const at::Tensor found = new_tensor({2, rows, count}, logits.options().dtype(at::kFloat));
  dispatch_type(logits, [&]<class T>(T) {
    BestTokensPlan<T> plan{};
    plan.logits = pointer<const T>(logits);
    plan.rows = rows;
    plan.vocabulary_size = logits.size(1);
    plan.count = count;
    plan.num_forbidden = forbidden.size();
    std::copy(forbidden.begin(), forbidden.end(), plan.forbidden);
    plan.log_probs = pointer<float>(found.select(0, 0));
    plan.tokens = pointer<int32_t>(found.select(0, 1));
    if constexpr (kWithCuda) cuda::best_tokens(plan, logits.device());
  });
  const at::Tensor here = found.to(at::kCPU);
  return {here.select(0, 0), here.select(0, 1).view(at::kInt)};
}

}  // namespace heed
