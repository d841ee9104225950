#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/attention_plan.h"
#include "kernels/plans.h"
#include "kernels/product_plans.h"
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

// Products of one kind of numbers.
struct ProductKernels {
  int64_t panel_columns, tile_rows, group;
  size_t panel_entry_bytes;
  Kernel<RowsPlan> reduce_rows = nullptr;    // items are rows; none where rows are multiplied as they are
  Kernel<PanelsPlan> pack_panels = nullptr;  // items are panels; each holds the depth rounded up to whole groups
  // Items are panels of blocks of rows: all panels of the first block, then of the second, ...
  Kernel<ProductPlan> product = nullptr, product_to_bfloat16 = nullptr;
  Kernel<WeightGradientPlan> weight_gradient = nullptr;  // panels of x in blocks of rows of the sums
};

struct ProductTables {
  ProductKernels fp32, fp64, bfloat16, int8;
};
const ProductTables& product_tables();  // of this CPU

}  // namespace heed
