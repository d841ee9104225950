#include "kernels/packed_product.h"

#include <ATen/ops/empty.h>

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/dispatch.h"

namespace heed {
namespace {

// Items for a thread, of `work` multiplications each: thousands of them pay for waking it.
int64_t grain_of(int64_t work) { return std::max<int64_t>(1, (int64_t{1} << 18) / std::max<int64_t>(1, work)); }

}  // namespace

bool PackedMatrix::fits(const at::Tensor& weight) {
  return weight.is_cpu() && (weight.scalar_type() == at::kFloat || weight.scalar_type() == at::kDouble);
}

PackedMatrix::PackedMatrix(const at::Tensor& weight) : in_(weight.size(1)), out_(weight.size(0)) {
  TORCH_CHECK(fits(weight) && weight.dim() == 2 && weight.stride(1) == 1, "expected rows of fp32 or double on the CPU");
  dispatch_type(weight, [&](auto type) {
    using T = ArithmeticOf<decltype(type)>;
    const CpuKernels<T>& kernels = cpu_kernels<T>();
    const int64_t panels = groups(out_, kernels.panel_columns);
    panels_ = at::empty({panels, in_, kernels.panel_columns}, weight.options());
    const PackPlan<T> plan{pointer<const T>(weight), weight.stride(0), out_, in_, pointer<T>(panels_)};
    run(kernels.pack_matrix, plan, panels, grain_of(in_ * kernels.panel_columns));
  });
}

at::Tensor packed_product(const at::Tensor& x, const PackedMatrix& weight, const std::optional<at::Tensor>& bias) {
  TORCH_CHECK(x.dim() == 2 && x.size(1) == weight.in() && x.scalar_type() == weight.panels().scalar_type(),
              "expected rows of ", weight.in(), " numbers of type ", weight.panels().scalar_type(), ", got ", x.sizes(),
              " of ", x.scalar_type());
  const at::Tensor rows = x.stride(1) == 1 ? x : x.contiguous();
  at::Tensor y = at::empty({x.size(0), weight.out()}, x.options());
  dispatch_type(x, [&](auto type) {
    using T = ArithmeticOf<decltype(type)>;
    const CpuKernels<T>& kernels = cpu_kernels<T>();
    ProductPlan<T> plan{
        pointer<const T>(rows), rows.stride(0), pointer<const T>(weight.panels()), nullptr, x.size(0), weight.in(),
        weight.out(),           pointer<T>(y)};
    if (bias) plan.bias = pointer<const T>(*bias);
    const int64_t blocks = groups(plan.rows, kProductRows), panels = weight.panels().size(0);
    run(kernels.packed_product, plan, blocks * panels,
        grain_of(std::min(plan.rows, kProductRows) * plan.in * kernels.panel_columns));
  });
  return y;
}

}  // namespace heed
