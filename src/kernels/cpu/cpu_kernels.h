#pragma once

#include <cstdint>

#include "kernels/cpu/bfloat16.h"

namespace heed {

// Own CPU kernels: plain functions over pointers, compiled once per instruction set (instruction_set.cpp) and chosen
// once at run time, so that one binary runs everywhere and fast. Each works on a range of independent items (rows,
// blocks of rows, columns, or sentence-head pairs); the callers in kernels/*.cpp spread the range over threads. No
// item's result depends on the range it is in, so results are the same for any number of threads.
//
// T: float, double or BFloat16 storage. A: the arithmetic type, float for BFloat16, else T.

// Dropout by counter: element i of the stream `key` is dropped if its 32 random bits fall below `threshold`.
struct DropoutPlan {
  uint64_t key = 0;
  uint32_t threshold = 0;  // rate * 2^32; 0: nothing is dropped
  double scale = 1;        // 1 / (1 - rate)
};

enum class ActivationFunction { kRelu, kGelu, kSwish };  // gelu exact: x * Phi(x) (Hendrycks and Gimpel 2016)

// Scaled dot-product attention of packed sentences (Vaswani et al. 2017, section 3.2). Query segment b attends to key
// segment b; item i of the range is (sentence i / num_heads, head i % num_heads). Strides are between rows.
// key_rows, if given, maps a row of the key segments to the row of `key` and `value` that holds it.
template <class T>
struct AttentionPlan {
  const T *query, *key, *value;
  int64_t query_stride, key_stride;  // `value` has the stride of `key`
  const int32_t *query_starts, *query_lengths, *key_starts, *key_lengths;
  const int32_t* key_rows;
  int64_t num_heads, head_size, max_key_length;
  double scale;
  bool causal;  // the last query row sees every key (bottom-right aligned)
  DropoutPlan dropout;
  // forward
  T* output;
  int64_t output_stride;
  // backward: gradients lie like what they are the gradient of
  const T* output_gradient;  // stride: output_stride
  T *query_gradient, *key_gradient, *value_gradient;
};

// One step of a GRU or LSTM (kernels/recurrent_cell.h): gates (R, 3 width) or (R, 4 width), states (R, width).
template <class T>
struct GruPlan {
  const T *input_gates, *hidden_gates, *hidden;
  int64_t width;
  T* output;
  // backward
  const T* output_gradient;
  T *input_gradient, *hidden_gates_gradient, *hidden_gradient;
};

template <class T>
struct LstmPlan {
  const T *input_gates, *hidden_gates, *cell;
  int64_t width;
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
  int64_t key_size, value_size, columns;  // columns: of `weights`, a multiple of 16, at least the longest length
  ArithmeticOf<T>* weights;               // (R, columns)
  T* output;                              // (R, value_size)
  // backward: all are added to. Rows that share keys must be in one range.
  const T* output_gradient;
  ArithmeticOf<T>*query_gradient, *keys_gradient, *values_gradient, *score_gradient;  // the last per row: (R, key_size)
};

template <class T, class A>
struct CrossEntropyPlan {
  T* logits;  // (rows, V), replaced by the gradient of the summed loss where `gradient`
  const int64_t* labels;
  int64_t vocabulary_size;
  double smoothing;  // mass spread evenly over all V entries, as PyTorch
  bool gradient;
  double* losses;           // per row: smoothed loss
  double* log_likelihoods;  // per row: log p(label), unsmoothed
};

// Adam (Kingma and Ba 2015, algorithm 1); decoupled: AdamW (Loshchilov and Hutter 2019, algorithm 2).
struct AdamPlan {
  double learning_rate, beta1, beta2, epsilon, weight_decay;
  bool decoupled;
  double gradient_scale;            // the gradient is multiplied by this first
  double correction1, correction2;  // 1 - beta^step
};

// v = momentum * v + g;  w -= learning_rate * v
struct MomentumPlan {
  double learning_rate, momentum, weight_decay, gradient_scale;
};

template <class T, class A>
struct CpuKernels {
  // y = (x - mean) / sqrt(var + epsilon) * gamma + beta per row of x (rows, D); stats receives (mean, 1/std) a row.
  void (*layer_norm_forward)(const T* x, const A* gamma, const A* beta, double epsilon, int64_t width, T* y, A* stats,
                             int64_t begin, int64_t end);
  // dx per row, plus residual_gradient where not null. Items are rows.
  void (*layer_norm_backward)(const T* x, const A* gamma, const A* stats, const T* dy, const T* residual_gradient,
                              int64_t width, T* dx, int64_t begin, int64_t end);
  // gamma and beta gradients, added. Items are columns in groups of kColumnGroup.
  void (*layer_norm_parameter_gradient)(const T* x, const A* stats, const T* dy, int64_t rows, int64_t width,
                                        A* gamma_gradient, A* beta_gradient, int64_t begin, int64_t end);
  // out = residual + dropout(x); residual may be null, out may be x. Items are elements in groups of kElementGroup.
  void (*dropout_add)(const T* x, const T* residual, DropoutPlan plan, int64_t size, T* out, int64_t begin,
                      int64_t end);
  // out = dropout(f(x))
  void (*activation_forward)(ActivationFunction f, const T* x, DropoutPlan plan, int64_t size, T* out, int64_t begin,
                             int64_t end);
  // dx = f'(x) * dropout(dy); dx may be dy
  void (*activation_backward)(ActivationFunction f, const T* x, const T* dy, DropoutPlan plan, int64_t size, T* dx,
                              int64_t begin, int64_t end);
  // sums[c] += sum over rows of x[r][c]. Items are columns in groups of kColumnGroup.
  void (*add_column_sums)(const T* x, int64_t rows, int64_t width, A* sums, int64_t begin, int64_t end);
  // out[r] = dropout(table[ids[r]] * scale + positions[position_ids[r]]). Items are rows.
  void (*embed)(const A* table, const int64_t* ids, const A* positions, const int64_t* position_ids, double scale,
                DropoutPlan plan, int64_t width, T* out, int64_t begin, int64_t end);
  // gradient[ids[r]] += scale * dropout(dy[r]). Items are columns in groups of kColumnGroup; rows are added in order.
  void (*scatter_add)(const T* dy, const int64_t* ids, int64_t rows, double scale, DropoutPlan plan, int64_t width,
                      A* gradient, int64_t begin, int64_t end);
  void (*attention_forward)(const AttentionPlan<T>& plan, int64_t begin, int64_t end);
  void (*attention_backward)(const AttentionPlan<T>& plan, int64_t begin, int64_t end);
  void (*cross_entropy)(const CrossEntropyPlan<T, A>& plan, int64_t begin, int64_t end);  // items are rows

  void (*gru_forward)(const GruPlan<T>& plan, int64_t begin, int64_t end);  // items are rows, here and below
  void (*gru_backward)(const GruPlan<T>& plan, int64_t begin, int64_t end);
  void (*lstm_forward)(const LstmPlan<T>& plan, int64_t begin, int64_t end);
  void (*lstm_backward)(const LstmPlan<T>& plan, int64_t begin, int64_t end);
  void (*row_attention_forward)(const RowAttentionPlan<T>& plan, int64_t begin, int64_t end);
  void (*row_attention_backward)(const RowAttentionPlan<T>& plan, int64_t begin, int64_t end);

  // Over flat buffers; items are elements in groups of kElementGroup.
  void (*squared_sums)(const A* x, int64_t size, double* group_sums, int64_t begin, int64_t end);
  void (*adam)(const AdamPlan& plan, const A* gradient, A* weights, A* first_moment, A* second_moment, int64_t size,
               int64_t begin, int64_t end);
  void (*momentum)(const MomentumPlan& plan, const A* gradient, A* weights, A* velocity, int64_t size, int64_t begin,
                   int64_t end);
  void (*moving_average)(double decay, const A* weights, A* average, int64_t size, int64_t begin, int64_t end);
};

constexpr int64_t kColumnGroup = 64;
constexpr int64_t kElementGroup = 4096;

template <class T, class A = T>
const CpuKernels<T, A>& cpu_kernels();
template <>
const CpuKernels<float, float>& cpu_kernels<float, float>();
template <>
const CpuKernels<double, double>& cpu_kernels<double, double>();
template <>
const CpuKernels<BFloat16, float>& cpu_kernels<BFloat16, float>();

// Name of the instruction set in use: "avx512", "avx2" or "baseline".
const char* cpu_instruction_set();

}  // namespace heed
