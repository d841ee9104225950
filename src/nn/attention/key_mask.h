#pragma once

#include <torch/types.h>

#include <cstdint>

#include "kernels/attention_problem.h"

namespace heed {

// Which keys the queries of one sentence see: (H, Lq, Lk) double on the CPU, or (1, Lq, Lk) where heads do not differ,
// 0 where the key is seen, else minus infinity. A query sees the keys around its position or, with `centres` (H, Lq),
// around its centre.
torch::Tensor key_mask(const AttentionProblem& problem, int64_t num_queries, int64_t num_keys,
                       const torch::Tensor& centres);

}  // namespace heed
