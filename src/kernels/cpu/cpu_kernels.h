#pragma once

#include <cstdint>

#include "kernels/attention_plan.h"
#include "kernels/plans.h"
#include "kernels/reduced_plans.h"
#include "kernels/update_plans.h"

namespace heed {

// Own CPU kernels: plain functions over pointers, compiled once per instruction set (kernel_set.cpp) and chosen
// once at run time, so that one binary runs everywhere and fast. Each does a range of a plan's independent items (rows,
// groups of columns or elements, or pairs of a sentence and a head).
template <class T>
struct CpuKernels {
  using A = ArithmeticOf<T>;

  // Items are rows.
  Kernel<LayerNormPlan<T>> layer_norm_forward;
  Kernel<LayerNormPlan<T>> layer_norm_backward;  // dx
  Kernel<GatedActivationPlan<T>> gated_activation_forward, gated_activation_backward;
  Kernel<EmbedPlan<T>> embed;
  Kernel<LogSumExpPlan<T>> log_sum_exp;
  Kernel<CrossEntropyPlan<T>> cross_entropy;
  Kernel<GruPlan<T>> gru_forward, gru_backward;
  Kernel<LstmPlan<T>> lstm_forward, lstm_backward;
  Kernel<RowAttentionPlan<T>> row_attention_forward, row_attention_backward;

  // Items are panels, and panels of blocks of rows.
  int64_t panel_columns;
  Kernel<PackPlan<A>> pack_matrix;
  Kernel<ProductPlan<A>> packed_product;

  // Items are columns in groups of kColumnGroup; rows are added in order.
  Kernel<LayerNormPlan<T>> layer_norm_parameter_gradient;
  Kernel<ColumnSumsPlan<T>> add_column_sums;
  Kernel<ScatterPlan<T>> scatter_add;

  // Items are pairs of a sentence and a key head: item i is (sentence i / num_key_heads, key head i % num_key_heads).
  Kernel<AttentionPlan<T>> attention_forward, attention_backward;

  // Items are elements in groups of kElementGroup.
  Kernel<DropoutAddPlan<T>> dropout_add;
  Kernel<ActivationPlan<T>> activation_forward, activation_backward;
  Kernel<SquaredSumsPlan<A>> squared_sums;
  Kernel<AdamPlan<A>> adam;
  Kernel<MomentumPlan<A>> momentum;
  Kernel<MovingAveragePlan<A>> moving_average;
};

template <class T>
const CpuKernels<T>& cpu_kernels();
template <>
const CpuKernels<float>& cpu_kernels<float>();
template <>
const CpuKernels<double>& cpu_kernels<double>();
template <>
const CpuKernels<BFloat16>& cpu_kernels<BFloat16>();

// Products of numbers with fewer bits. A panel holds `in` rounded up to whole groups.
struct ReducedKernels {
  int64_t panel_columns, group;
  Kernel<ReduceRowsPlan> reduce_rows;      // items are rows
  Kernel<ReducePanelsPlan> reduce_panels;  // items are panels
  Kernel<ReducedProductPlan> product;      // items are panels of blocks of kProductRows rows, as packed_product's
};

struct ReducedTables {
  ReducedKernels int8, bfloat16;
};
const ReducedTables& reduced_tables();  // of this CPU

}  // namespace heed
