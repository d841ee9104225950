#include "nn/attention/reference.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>

#include <cmath>
#include <limits>

namespace heed {
namespace {

// Rows start .. start + length - 1 as (H, L, K).
torch::Tensor heads_of(const torch::Tensor& rows, int64_t start, int64_t length, int64_t num_heads) {
  return rows.narrow(0, start, length).reshape({length, num_heads, -1}).transpose(0, 1);
}

}  // namespace

AttentionOutput reference_attention(const QueryKeyValue& x, const PackedAttention& options) {
  TORCH_CHECK(options.dropout.rate == 0, "reference attention knows no dropout");
  TORCH_CHECK(!options.key_rows.defined(), "reference attention knows no key_rows");
  const Segments &queries = options.queries, &keys = options.keys;
  AttentionOutput result;
  std::vector<torch::Tensor> outputs;
  for (size_t b = 0; b < queries.lengths().size(); ++b) {
    const int64_t num_queries = queries.lengths()[b], num_keys = keys.lengths()[b];
    const auto q = heads_of(x.query, queries.starts()[b], num_queries, options.num_heads);
    const auto k = heads_of(x.key, keys.starts()[b], num_keys, options.num_heads);
    const auto v = heads_of(x.value, keys.starts()[b], num_keys, options.num_heads);
    torch::Tensor scores = at::matmul(q, k.transpose(1, 2)) / std::sqrt(static_cast<double>(q.size(2)));  // (H, Lq, Lk)
    if (options.causal) {
      const auto later =
          at::ones({num_queries, num_keys}, scores.options().dtype(at::kBool)).triu(num_keys - num_queries + 1);
      scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
    }
    const torch::Tensor weights = at::softmax(scores, -1);
    outputs.push_back(at::matmul(weights, v).transpose(0, 1).reshape({num_queries, -1}));  // (Lq, D)
    result.weights.push_back(weights);
  }
  result.output = at::cat(outputs);
  return result;
}

}  // namespace heed
