#pragma once

#include <c10/core/Device.h>

#include "kernels/attention_plan.h"
#include "kernels/plans.h"
#include "kernels/update_plans.h"
#include "kernels/with_cuda.h"

// The CUDA kernels: each does a whole plan on the device that its pointers point to. Same results as the CPU's
// (cpu/cpu_kernels.h) up to the order of summation, same dropout masks. All run on the current stream, wait for
// nothing, and give the same bits every time. Compiled where HEED_CUDA is defined; callers are behind kWithCuda.
// T: float, double or BFloat16. A: float or double.

namespace heed {

namespace cuda {

template <class T>
void dropout_add(const DropoutAddPlan<T>& plan, c10::Device device);
template <class T>
void activation_forward(const ActivationPlan<T>& plan, c10::Device device);
template <class T>
void activation_backward(const ActivationPlan<T>& plan, c10::Device device);
template <class T>
void gated_activation_forward(const GatedActivationPlan<T>& plan, c10::Device device);
template <class T>
void gated_activation_backward(const GatedActivationPlan<T>& plan, c10::Device device);

template <class T>
void embed(const EmbedPlan<T>& plan, c10::Device device);
template <class T>
void scatter_add(const ScatterPlan<T>& plan, c10::Device device);

template <class T>
void layer_norm_forward(const LayerNormPlan<T>& plan, c10::Device device);
template <class T>  // dx, and the gradients of gamma and beta
void layer_norm_backward(const LayerNormPlan<T>& plan, c10::Device device);
template <class T>
void add_column_sums(const ColumnSumsPlan<T>& plan, c10::Device device);

template <class T>
void cross_entropy(const CrossEntropyPlan<T>& plan, c10::Device device);
template <class T>
void best_tokens(const BestTokensPlan<T>& plan, c10::Device device);

// Steps of recurrent models.
template <class T>
void gru_forward(const GruPlan<T>& plan, c10::Device device);
template <class T>
void gru_backward(const GruPlan<T>& plan, c10::Device device);
template <class T>
void lstm_forward(const LstmPlan<T>& plan, c10::Device device);
template <class T>
void lstm_backward(const LstmPlan<T>& plan, c10::Device device);
template <class T>
void row_attention_forward(const RowAttentionPlan<T>& plan, c10::Device device);
template <class T>  // gradients of keys and values are added to, those of query and score written
void row_attention_backward(const RowAttentionPlan<T>& plan, c10::Device device);

// Over flat buffers.
template <class A>
void squared_sums(const SquaredSumsPlan<A>& plan, c10::Device device);
template <class A>
void adam(const AdamPlan<A>& plan, c10::Device device);
template <class A>
void momentum(const MomentumPlan<A>& plan, c10::Device device);
template <class A>
void moving_average(const MovingAveragePlan<A>& plan, c10::Device device);

// Every pointer of a plan is a pointer to memory of `device`.
template <class T>
void attention_forward(const AttentionPlan<T>& plan, c10::Device device);
template <class T>
void attention_backward(const AttentionPlan<T>& plan, c10::Device device);

// The same for bf16 sentences of at most 64 pieces on the matrix units (short_attention_bodies.h), with dropout too.
// From compute capability 8.0 on; heads of 16, 32, 64 or 128, packed rows that start at multiples of 16 bytes, no
// biases.
bool short_attention_fits(const AttentionPlan<BFloat16>& plan, c10::Device device);
void short_attention_forward(const AttentionPlan<BFloat16>& plan, c10::Device device);
void short_attention_backward(const AttentionPlan<BFloat16>& plan, c10::Device device);

}  // namespace cuda
}  // namespace heed
