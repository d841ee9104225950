#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/bfloat16.h"
#include "tensor/padding_label.h"

namespace heed {

// What a kernel works on, as pointers and sizes, the same for the CPU's and the GPU's; the tensors behind them are
// described in kernels/*.h, whose sources build each plan in one place. Plain data: cpu/ and cuda/ know the room by
// this. T: storage, float, double or BFloat16. A: its arithmetic type.

// A CPU kernel does a range of a plan's independent items; `run` in kernels/dispatch.h spreads them over threads. No
// item's result depends on the range it is in, so results are the same for any number of threads.
template <class Plan>
using Kernel = void (*)(const Plan& plan, int64_t begin, int64_t end);

// Items that are columns or elements come in groups of so many.
constexpr int64_t kColumnGroup = 64;
constexpr int64_t kElementGroup = 4096;

// Dropout by counter: element i of the stream `key` is dropped if its 32 random bits fall below `threshold`.
struct DropoutPlan {
  uint64_t key = 0;
  const uint64_t* base = nullptr;  // where the stream's key changes between two runs of one plan, see Dropout
  uint32_t threshold = 0;          // rate * 2^32; 0: nothing is dropped
  double scale = 1;                // 1 / (1 - rate)
};

// y = (x - mean) / sqrt(var + epsilon) * gamma + beta per row of x (rows, width). Where beta is null, the mean counts
// as 0, and nobody reads its gradient either.
template <class T, class A = ArithmeticOf<T>>
struct LayerNormPlan {
  const T* x;
  const A *gamma, *beta;
  double epsilon;
  int64_t rows, width;
  A* stats;  // (rows, 2): mean and 1/std, written forward and read backward
  T* y;
  // backward; the gradients of gamma and beta are added to
  const T* dy;
  T* dx;
  A *gamma_gradient, *beta_gradient;
};

// out = residual + dropout(x); residual may be null, out may be x.
template <class T>
struct DropoutAddPlan {
  const T *x, *residual;
  int64_t size;
  DropoutPlan dropout;
  T* out;
};

enum class ActivationFunction { kRelu, kGelu, kSwish, kSigmoid };  // gelu exact: x Phi(x) (Hendrycks and Gimpel 2016)

// Forward out = dropout(f(x)); backward out = f'(x) * dropout(dy), where out may be dy.
template <class T>
struct ActivationPlan {
  ActivationFunction function;
  const T* x;
  int64_t size;
  DropoutPlan dropout;
  T* out;
  const T* dy;
};

// Forward out = dropout(f(a) b), where x (rows, 2 width) holds a and b beside each other; backward out (rows, 2 width)
// has their gradients likewise.
template <class T>
struct GatedActivationPlan {
  ActivationFunction function;
  const T* x;
  int64_t rows, width;
  DropoutPlan dropout;
  T* out;
  const T* dy;
};

// sums[c] += sum over rows of x[r][c]
template <class T, class A = ArithmeticOf<T>>
struct ColumnSumsPlan {
  const T* x;
  int64_t rows, width;
  A* sums;
};

// out[r] = dropout(table[ids[r]] * scale + positions[position_ids[r]])
template <class T, class A = ArithmeticOf<T>>
struct EmbedPlan {
  const A* table;
  const int64_t* ids;
  const A* positions;
  const int64_t* position_ids;
  double scale;
  DropoutPlan dropout;
  int64_t rows, width;
  T* out;
};

// gradient[ids[r]] += scale * dropout(dy[r]), rows in order.
template <class T, class A = ArithmeticOf<T>>
struct ScatterPlan {
  const T* dy;
  const int64_t* ids;
  const int64_t *sorted_ids, *order;  // read by a GPU alone: the ids ascending, and the row each came from
  int64_t rows, width;
  double scale;
  DropoutPlan dropout;
  A* gradient;
};

// One step of a GRU or LSTM (kernels/recurrent_cell.h): gates (R, 3 width) or (R, 4 width), states (R, width).
template <class T>
struct GruPlan {
  const T *input_gates, *hidden_gates, *hidden;
  int64_t rows, width;
  T* output;
  // backward
  const T* output_gradient;
  T *input_gradient, *hidden_gates_gradient, *hidden_gradient;
};

template <class T>
struct LstmPlan {
  const T *input_gates, *hidden_gates, *cell;
  int64_t rows, width;
  T *output, *cell_output;
  // backward; the gates of input and hidden side have one gradient
  const T *output_gradient, *cell_output_gradient;
  T *gates_gradient, *cell_gradient;
};

// Query row r attends to key rows key_starts[r] .. + key_lengths[r] - 1 (kernels/row_attention.h).
template <class T>
struct RowAttentionPlan {
  const T *query, *keys, *values;  // (R, key_size), (N, key_size), (N, value_size)
  const T* score_vector;           // additive scores; null: dot products
  const int32_t *key_starts, *key_lengths;
  int64_t rows, key_size, value_size, columns;  // columns: of `weights`, a multiple of 16, at least the longest length
  ArithmeticOf<T>* weights;                     // (R, columns)
  T* output;                                    // (R, value_size)
  // backward; the query's gradient is written, the others are added to. No two rows share keys.
  const T* output_gradient;
  ArithmeticOf<T>*query_gradient, *keys_gradient, *values_gradient, *score_gradient;  // the last per row: (R, key_size)
};

template <class T, class A = ArithmeticOf<T>>
struct LogSumExpPlan {
  const T* x;  // (rows, width)
  int64_t rows, width, block;
  double* sums;  // (rows)
  A* largest;    // (rows, blocks of `block` columns or fewer)
};

template <class T>
struct CrossEntropyPlan {
  T* logits;  // (rows, V), replaced by the gradient of the summed loss where `gradient`
  const int64_t* labels;
  int64_t rows, vocabulary_size;
  double smoothing;  // mass spread evenly over all V entries, as PyTorch
  bool gradient;
  double* losses;                     // per row: smoothed loss
  double* log_likelihoods;            // per row: log p(label), unsmoothed
  const double* log_share = nullptr;  // per row, where a label may be written in another way, too: LabelMixture
  const double* log_other = nullptr;
  double* share_gradient = nullptr;  // of the summed loss
  double* other_gradient = nullptr;
};

// The `count` most probable tokens of each row (kernels/best_tokens.h), but for the forbidden ones.
constexpr size_t kMostForbidden = 8;
template <class T>
struct BestTokensPlan {
  const T* logits;  // (rows, V)
  int64_t rows, vocabulary_size, count;
  size_t num_forbidden;
  int64_t forbidden[kMostForbidden];
  float* log_probs;  // (rows, count)
  int32_t* tokens;   // (rows, count)
};

}  // namespace heed
