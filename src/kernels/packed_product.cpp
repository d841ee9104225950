#include "kernels/packed_product.h"

#include <ATen/ops/empty.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/dispatch.h"

namespace heed {
namespace {

// Items for a thread, of `work` multiplications each: thousands of them pay for waking it.
int64_t grain_of(int64_t work) { return std::max<int64_t>(1, (int64_t{1} << 18) / std::max<int64_t>(1, work)); }

const ReducedKernels& kernels_of(ProductNumbers numbers) {
  return numbers == ProductNumbers::kInt8 ? reduced_tables().int8 : reduced_tables().bfloat16;
}

}  // namespace

bool PackedMatrix::fits(const at::Tensor& weight) {
  return weight.is_cpu() && (weight.scalar_type() == at::kFloat || weight.scalar_type() == at::kDouble);
}

PackedMatrix::PackedMatrix(const at::Tensor& weight, ProductNumbers numbers)
    : in_(weight.size(1)), out_(weight.size(0)), type_(weight.scalar_type()), numbers_(numbers) {
  TORCH_CHECK(fits(weight) && weight.dim() == 2 && weight.stride(1) == 1, "expected rows of fp32 or double on the CPU");
  if (numbers_ == ProductNumbers::kOwn) {
    pack(weight);
  } else {
    TORCH_CHECK(type_ == at::kFloat, "expected fp32 to make fewer bits of, got ", type_);
    reduce(weight);
  }
}

void PackedMatrix::pack(const at::Tensor& weight) {
  dispatch_type(weight, [&](auto type) {
    using T = ArithmeticOf<decltype(type)>;
    const CpuKernels<T>& kernels = cpu_kernels<T>();
    const int64_t panels = groups(out_, kernels.panel_columns);
    panels_ = at::empty({panels, in_, kernels.panel_columns}, weight.options());
    const PackPlan<T> plan{pointer<const T>(weight), weight.stride(0), out_, in_, pointer<T>(panels_)};
    run(kernels.pack_matrix, plan, panels, grain_of(in_ * kernels.panel_columns));
  });
}

void PackedMatrix::reduce(const at::Tensor& weight) {
  const ReducedKernels& kernels = kernels_of(numbers_);
  const bool int8 = numbers_ == ProductNumbers::kInt8;
  constexpr int64_t kMostInt8 = 133'144;  // 127 * 127 * so many is below 2^31
  TORCH_CHECK(!int8 || in_ <= kMostInt8, "products of int8 add up ", kMostInt8, " numbers at most, not ", in_);
  const int64_t panels = groups(out_, kernels.panel_columns), columns = panels * kernels.panel_columns;
  panels_ = at::empty({panels, groups(in_, kernels.group), kernels.panel_columns, kernels.group},
                      int8 ? at::kChar : at::kBFloat16);
  if (int8) {
    scales_ = at::empty({columns}, at::kFloat);
    corrections_ = at::empty({columns}, at::kInt);
  }
  const ReducePanelsPlan plan{
      pointer<const float>(weight),  weight.stride(0), out_, in_, panels_.data_ptr(), pointer<float>(scales_),
      pointer<int32_t>(corrections_)};
  run(kernels.reduce_panels, plan, panels, grain_of(in_ * kernels.panel_columns));
}

void PackedMatrix::multiply(const at::Tensor& x, const std::optional<at::Tensor>& bias, at::Tensor& y) const {
  dispatch_type(x, [&](auto type) {
    using T = ArithmeticOf<decltype(type)>;
    const CpuKernels<T>& kernels = cpu_kernels<T>();
    ProductPlan<T> plan{pointer<const T>(x), x.stride(0), pointer<const T>(panels_), nullptr, x.size(0), in_, out_,
                        pointer<T>(y)};
    if (bias) plan.bias = pointer<const T>(*bias);
    run(kernels.packed_product, plan, groups(plan.rows, kProductRows) * panels_.size(0),
        grain_of(std::min(plan.rows, kProductRows) * in_ * kernels.panel_columns));
  });
}

void PackedMatrix::multiply_reduced(const at::Tensor& x, const std::optional<at::Tensor>& bias, at::Tensor& y) const {
  const ReducedKernels& kernels = kernels_of(numbers_);
  const int64_t rows = x.size(0);
  const at::Tensor reduced = at::empty({rows, reduced_row_bytes(in_)}, at::kChar);
  const at::Tensor scales = at::empty({rows}, at::kFloat);
  const ReduceRowsPlan of_rows{pointer<const float>(x), x.stride(0),           rows, in_,
                               reduced.data_ptr(),      pointer<float>(scales)};
  run(kernels.reduce_rows, of_rows, rows, grain_of(in_));
  ReducedProductPlan plan{};
  plan.x = reduced.data_ptr();
  plan.x_scales = pointer<const float>(scales);
  plan.panels = panels_.data_ptr();
  plan.scales = pointer<const float>(scales_);
  plan.corrections = pointer<const int32_t>(corrections_);
  if (bias) plan.bias = pointer<const float>(*bias);
  plan.rows = rows;
  plan.in = in_;
  plan.out = out_;
  plan.y = pointer<float>(y);
  run(kernels.product, plan, groups(rows, kProductRows) * panels_.size(0),
      grain_of(std::min(rows, kProductRows) * in_ * kernels.panel_columns / 2));
}

at::Tensor packed_product(const at::Tensor& x, const PackedMatrix& weight, const std::optional<at::Tensor>& bias) {
  TORCH_CHECK(x.dim() == 2 && x.size(1) == weight.in_ && x.scalar_type() == weight.type_, "expected rows of ",
              weight.in_, " numbers of type ", weight.type_, ", got ", x.sizes(), " of ", x.scalar_type());
  const at::Tensor rows = x.stride(1) == 1 ? x : x.contiguous();
  at::Tensor y = at::empty({x.size(0), weight.out_}, x.options());
  if (weight.numbers_ == ProductNumbers::kOwn) {
    weight.multiply(rows, bias, y);
  } else {
    weight.multiply_reduced(rows, bias, y);
  }
  return y;
}

}  // namespace heed
