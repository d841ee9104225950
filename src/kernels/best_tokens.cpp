#include "kernels/best_tokens.h"

#include <c10/util/Exception.h>

#include "kernels/cuda/cuda_kernels.h"

namespace heed {

BestTokens best_tokens(const at::Tensor& logits, int64_t count, const std::vector<int64_t>& forbidden) {
  TORCH_CHECK(count >= 1 && forbidden.size() <= kMostForbidden, "too few or too many tokens asked for");
  if constexpr (kWithCuda)
    if (logits.is_cuda()) return cuda::best_tokens(logits, count, forbidden);
  TORCH_CHECK(false, "this build lists no best tokens of logits on ", logits.device());
}

}  // namespace heed
