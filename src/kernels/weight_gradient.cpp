#include "kernels/weight_gradient.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/dispatch.h"
#include "kernels/packed_weight.h"

namespace heed {
namespace {

const ProductKernels& kernels_of(at::ScalarType type) {
  const ProductTables& tables = product_tables();
  if (type == at::kBFloat16) return tables.bfloat16;
  return type == at::kDouble ? tables.fp64 : tables.fp32;
}

void add_own_product(const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& accumulated) {
  const ProductKernels& kernels = kernels_of(x.scalar_type());
  const int64_t out = gradient.size(1), in = x.size(1);
  if (out == 0 || in == 0) return;
  // Blocks of equal height, so that threads have equal work.
  const int64_t height = groups(out, groups(out, kGradientRows)),
                block = groups(height, kernels.tile_rows) * kernels.tile_rows;
  const WeightGradientPlan plan{
      gradient.const_data_ptr(), gradient.stride(0), x.const_data_ptr(), x.stride(0), x.size(0), out, in, block,
      accumulated.data_ptr()};
  // Neighbouring items share what they load.
  const int64_t items = groups(out, block) * groups(in, kernels.panel_columns);
  const int64_t grain = grain_of(x.size(0) * block * kernels.panel_columns / kernels.group);
  run(kernels.weight_gradient, plan, items, std::max(grain, groups(items, 2 * num_threads())));
}

}  // namespace

void add_weight_gradient(const at::Tensor& gradient, const at::Tensor& x, at::Tensor& accumulated) {
  TORCH_CHECK(gradient.dim() == 2 && x.dim() == 2 && gradient.size(0) == x.size(0) &&
                  accumulated.sizes() == at::IntArrayRef({gradient.size(1), x.size(1)}) &&
                  gradient.scalar_type() == x.scalar_type(),
              "no gradient ", accumulated.sizes(), " of ", gradient.sizes(), " and ", x.sizes());
  if (accumulated.is_contiguous() && PackedWeight::packs(accumulated, x.scalar_type())) {
    add_own_product(with_contiguous_rows(gradient), with_contiguous_rows(x), accumulated);
  } else if (x.scalar_type() == accumulated.scalar_type()) {
    accumulated.addmm_(gradient.t(), x);
  } else if (x.is_cuda()) {  // one product that sums in the gradient's own type: nothing is rounded to bf16 on the way
    at::addmm_out(accumulated, accumulated, gradient.t(), x, accumulated.scalar_type());
  } else {
    accumulated.add_(at::mm(gradient.t(), x));
  }
}

}  // namespace heed
