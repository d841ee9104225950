#pragma once

#include <torch/types.h>

#include "kernels/attention_problem.h"

namespace heed {

// Weights of scores along the last dimension: not negative, with a sum of 1, the greater the score the greater.
//
//   softmax     e^s / sum e^s
//   sparsemax   max(s - t, 0)                 Martins and Astudillo 2016, algorithm 1: the nearest point of the simplex
//   entmax15    max(s / 2 - t, 0)^2           Peters et al. 2019, algorithm 2: alpha-entmax of alpha 1.5, exact
//
// t being what makes the sum 1. Of minus infinity the weight is 0; one score of each row must be finite. None of them
// changes where the same number is added to all scores. Differentiable.
torch::Tensor normalize(Normalizer normalizer, const torch::Tensor& scores);

}  // namespace heed
