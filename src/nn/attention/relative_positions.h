#pragma once

#include <torch/types.h>

#include <cstdint>

namespace heed {

// Positions by how far apart two rows are, in buckets (Raffel et al. 2020, section 2.1, as T5's code has it): of 32,
// half for keys ahead unless a query sees none (`causal`), each half its first 8 (16) distances one by one, then ever
// wider up to distance 128, where the last one begins.
constexpr int64_t kRelativeBuckets = 32, kFarthestBucket = 128;

int64_t relative_bucket(int64_t distance, bool causal);  // distance: key's position less the query's

// (kRelativeBuckets, 2 n - 1), 1 where the distance of the column, 1 - n .. n - 1, is in the row's bucket, else 0:
// a table of biases (kernels/attention_problem.h) is the heads' biases of buckets (H, kRelativeBuckets) times it.
torch::Tensor relative_buckets(int64_t n, bool causal);

}  // namespace heed
