#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "kernels/plans.h"

namespace heed {

// The `count` most probable tokens of each row, best first, equal ones by their id: what a beam search needs of a (R,
// V) matrix, which never leaves the device.
struct BestTokens {
  at::Tensor log_probs;  // (R, count) float; -infinity where a row has no more candidates
  at::Tensor tokens;     // (R, count) int32; -1 there
};

// logits (R, V), contiguous, fp32 or bf16, on a CUDA device; log p = logit - log(sum of exp over the row). Tokens in
// `forbidden` (at most kMostForbidden), and those whose logit is -infinity or NaN, are no candidates. count >= 1. The
// result is on the CPU.
BestTokens best_tokens(const at::Tensor& logits, int64_t count, const std::vector<int64_t>& forbidden);

}  // namespace heed
