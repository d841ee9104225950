#include "nn/attention/reference.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>

#include <limits>
namespace heed {
namespace {

// One sentence of a problem.
struct Sentence {
  Sentence(const AttentionProblem& of, int64_t b)
      : problem(of),
        first_query(of.queries.starts()[static_cast<size_t>(b)]),
        num_queries(of.queries.lengths()[static_cast<size_t>(b)]),
        first_key(of.keys.starts()[static_cast<size_t>(b)]),
        num_keys(of.keys.lengths()[static_cast<size_t>(b)]) {}

  int64_t position(int64_t query) const { return position_of(problem.positions, query, num_keys); }

  // (H, Lq, K)
  torch::Tensor query_heads(const torch::Tensor& rows) const {
    return rows.narrow(0, first_query, num_queries).unflatten(1, {problem.num_heads, -1}).transpose(0, 1);
  }
  // Columns in key heads, once for each of the query heads that share one: (H, Lk, columns of a head)
  torch::Tensor key_heads(const torch::Tensor& rows) const {
    return keys_of(rows)
        .unflatten(1, {problem.key_heads(), -1})
        .transpose(0, 1)
        .repeat_interleave(problem.num_heads / problem.key_heads(), 0);
  }
  // (1, Lq, Lk): 0 where the key is seen, else minus infinity.
  torch::Tensor mask(torch::ScalarType type) const {
    torch::Tensor mask =
        torch::full({1, num_queries, num_keys}, -std::numeric_limits<double>::infinity(), torch::kDouble);
    auto entries = mask.accessor<double, 3>();
    for (int64_t i = 0; i < num_queries; ++i) {
      const Span seen = keys_seen(problem.reach, position(i), num_keys);
      for (int64_t j = seen.first; j < seen.end; ++j)
        if (!skips(problem.reach, position(i), j)) entries[0][i][j] = 0;
    }
    return mask.to(type);
  }
  // (H, Lq, Lk) of a table of distances
  torch::Tensor by_distance(const torch::Tensor& table) const {
    torch::Tensor columns = torch::empty({num_queries, num_keys}, torch::kLong);
    auto entries = columns.accessor<int64_t, 2>();
    for (int64_t i = 0; i < num_queries; ++i)
      for (int64_t j = 0; j < num_keys; ++j) entries[i][j] = table.size(1) / 2 + j - position(i);
    return table.index_select(1, columns.flatten().to(table.device())).unflatten(1, {num_queries, num_keys});
  }
  torch::Tensor scores(const QueryKeyValue& x) const {
    const torch::Tensor q = query_heads(x.query), k = key_heads(x.key);
    torch::Tensor scores = at::matmul(q, k.transpose(1, 2)) * problem.scale_of(q.size(2));
    if (problem.key_bias.defined()) scores = scores + key_heads(problem.key_bias).transpose(1, 2);
    if (problem.distance_bias.defined()) scores = scores + by_distance(problem.distance_bias);
    return scores + mask(scores.scalar_type()).to(scores.device());
  }

  const AttentionProblem& problem;
  int64_t first_query, num_queries, first_key, num_keys;

 private:
  torch::Tensor keys_of(const torch::Tensor& rows) const {
    if (!problem.key_rows.defined()) return rows.narrow(0, first_key, num_keys);
    return rows.index_select(0, problem.key_rows.flatten().narrow(0, first_key, num_keys));
  }
};

}  // namespace

AttentionOutput reference_attention(const QueryKeyValue& x, const AttentionProblem& problem) {
  AttentionOutput result;
  std::vector<torch::Tensor> outputs;
  for (int64_t b = 0; b < problem.queries.size(); ++b) {
    const Sentence sentence(problem, b);
    const torch::Tensor weights = at::softmax(sentence.scores(x), -1);
    torch::Tensor kept = weights;
    if (problem.dropout.rate > 0) kept = weights * attention_dropout_factors(problem, b).to(weights.options());
    outputs.push_back(at::matmul(kept, sentence.key_heads(x.value)).transpose(0, 1).flatten(1));  // (Lq, D)
    result.weights.push_back(weights);
  }
  result.output = at::cat(outputs);
  return result;
}

}  // namespace heed
