#pragma once

#include <ATen/core/Tensor.h>

#include <cmath>
#include <vector>

#include "kernels/dropout.h"
#include "kernels/reach.h"
#include "tensor/segments.h"

namespace heed {

// Rows of packed sentences, heads side by side in the width: query (Nq, D), key and value (Nk, Dk), each possibly a
// column slice of a wider matrix (row stride > D). Dk = D num_key_heads / num_heads.
struct QueryKeyValue {
  at::Tensor query, key, value;
};

// Additive: Bahdanau et al. 2015, appendix A.1.2, of queries and keys that are projected already.
enum class ScoreFunction { kProduct, kAdditive };
enum class Normalizer { kSoftmax, kSparsemax, kEntmax15 };  // nn/attention/normalize.h

// What is asked of attention besides its rows. The query at position p gives key j the score
//
//   scale q.k + key_bias[j] + distance_bias[j - p]              kProduct
//   score_vector.tanh(q + k) + ...                              kAdditive
//
// and the weights are what the normalizer makes of the scores of the keys that it sees (Vaswani et al. 2017, section
// 3.2.1). Other scores come to the first one: general, cosine and Euclidean by what is done to q and k before.
struct AttentionProblem {
  Segments queries, keys;  // sentence b's queries attend to sentence b's keys
  int64_t num_heads = 1;
  Reach reach = {};
  Dropout dropout = {};       // of the weights
  at::Tensor key_rows = {};   // int32 or undefined: row r of `keys` is kept in row key_rows[r] of key, value, key_bias
  int64_t num_key_heads = 0;  // neighbouring query heads share one (Ainslie et al. 2023); 0: as many as query heads
  double scale = 0;           // 0: 1 / sqrt(K)
  QueryPositions positions = {};  // of the queries of each sentence
  at::Tensor key_bias = {};       // (Nk, num_key_heads) in the arithmetic type, or undefined
  at::Tensor distance_bias = {};  // (num_heads, 2 n - 1), column n - 1 + j - p, in the arithmetic type, or undefined
  ScoreFunction score = ScoreFunction::kProduct;
  at::Tensor score_vector = {};  // (num_heads, K) of kAdditive
  Normalizer normalizer = Normalizer::kSoftmax;
  // (Nq, num_heads) or undefined: where in its keys a query looks. It sees those that `reach` has around this place
  // instead of its position, and weights are multiplied by e^(-(j - centre)^2 / 2 d^2), twice d being the mean of how
  // far it reaches to either side (Luong et al. 2015, section 3.2, local-p).
  at::Tensor centres = {};
  // (Nq) or undefined, of one head: what a query's scores gain by each unit of weight that the queries of its sentence
  // before it gave a key (See et al. 2017, section 2.3). With `covered`, for each sentence (Lq, Lk), each query has
  // weights of its own behind it, and those beside it are other ways to go on.
  at::Tensor coverage_slope = {};
  std::vector<at::Tensor> covered = {};

  int64_t key_heads() const { return num_key_heads ? num_key_heads : num_heads; }
  double scale_of(int64_t head_size) const {
    return scale != 0 ? scale : 1 / std::sqrt(static_cast<double>(head_size));
  }
  // Whether the kernels of kernels/attention.h do it.
  bool is_fused() const {
    return score == ScoreFunction::kProduct && normalizer == Normalizer::kSoftmax && !centres.defined() &&
           !coverage_slope.defined();
  }
  bool has_bias() const { return key_bias.defined() || distance_bias.defined(); }
};

}  // namespace heed
