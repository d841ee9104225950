#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <tuple>

#include "kernels/attention.h"
#include "kernels/best_tokens.h"
#include "kernels/cross_entropy.h"
#include "kernels/dropout.h"
#include "kernels/embedding.h"
#include "kernels/layer_norm.h"
#include "kernels/plans.h"
#include "kernels/update_plans.h"

// The CUDA twins of the functions that kernels/*.h declare and describe: same arguments on one CUDA device, same
// results up to the order of summation, same dropout masks. All run on the current stream, wait for nothing, and give
// the same bits every time. Compiled where HEED_CUDA is defined; callers are behind kWithCuda.

namespace heed {

#ifdef HEED_CUDA
constexpr bool kWithCuda = true;
#else
constexpr bool kWithCuda = false;
#endif

namespace cuda {

at::Tensor dropout_add(const at::Tensor& x, const std::optional<at::Tensor>& residual, const Dropout& dropout);

at::Tensor activation_dropout(ActivationFunction f, const at::Tensor& x, const Dropout& dropout);
at::Tensor activation_dropout_backward(ActivationFunction f, const at::Tensor& x, const at::Tensor& gradient,
                                       const Dropout& dropout);

at::Tensor embed(const at::Tensor& table, const EmbeddingLookup& lookup);
void embed_backward(const at::Tensor& gradient, const RowIds& rows, double scale, const Dropout& dropout,
                    at::Tensor& table_gradient);

std::tuple<at::Tensor, at::Tensor> layer_norm(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& beta,
                                              double epsilon);
at::Tensor layer_norm_backward(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& stats,
                               const at::Tensor& gradient, const LayerNormGradients& sums);

void add_column_sums(const at::Tensor& x, at::Tensor& sums);

RowLosses cross_entropy_rows(at::Tensor& logits, const at::Tensor& labels, double smoothing, bool gradient);

BestTokens best_tokens(const at::Tensor& logits, int64_t count, const std::vector<int64_t>& forbidden);

// Every pointer of the plan is a device pointer. For what flash_attention.h cannot do.
template <class T>
void attention_forward(const AttentionPlan<T>& plan, const at::Tensor& query, const Segments& query_segments);
template <class T>
void attention_backward(const AttentionPlan<T>& plan, const at::Tensor& query, const Segments& query_segments);

// The same for bf16 sentences of at most 64 pieces on the matrix units (short_attention_bodies.h), with dropout too.
// From compute capability 8.0 on; heads of 16, 32, 64 or 128, packed rows that start at multiples of 16 bytes.
bool short_attention_fits(const QueryKeyValue& x, const PackedAttention& options);
void short_attention_forward(const AttentionPlan<BFloat16>& plan, const at::Tensor& like,
                             const PackedAttention& options);
void short_attention_backward(const AttentionPlan<BFloat16>& plan, const at::Tensor& like,
                              const PackedAttention& options);

// Steps of recurrent models; every pointer of the plans is a device pointer.
template <class T>
void gru_forward(const GruPlan<T>& plan, const at::Tensor& hidden);
template <class T>
void gru_backward(const GruPlan<T>& plan, const at::Tensor& hidden);
template <class T>
void lstm_forward(const LstmPlan<T>& plan, const at::Tensor& cell);
template <class T>
void lstm_backward(const LstmPlan<T>& plan, const at::Tensor& cell);
template <class T>
void row_attention_forward(const RowAttentionPlan<T>& plan, const at::Tensor& query);
template <class T>  // gradients of keys and values are added to, those of query and score written
void row_attention_backward(const RowAttentionPlan<T>& plan, const at::Tensor& query);

at::Tensor squared_norm(const at::Tensor& flat);
void adam_update(const AdamStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& first_moment,
                 at::Tensor& second_moment);
void momentum_update(const MomentumStep& step, const at::Tensor& gradient, at::Tensor& weights, at::Tensor& velocity);
void update_moving_average(double decay, const at::Tensor& weights, at::Tensor& average);

}  // namespace cuda
}  // namespace heed
