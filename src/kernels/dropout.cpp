#include "kernels/dropout.h"

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

at::Tensor dropout_add(const at::Tensor& x, const std::optional<at::Tensor>& residual, const Dropout& dropout) {
  TORCH_CHECK(!residual || residual->sizes() == x.sizes(), "dropout_add: shapes differ");
  at::Tensor out = new_tensor_like(x);
  dispatch_type(x, [&]<class T>(T) {
    const T* other = residual ? pointer<const T>(*residual) : nullptr;
    const DropoutAddPlan<T> plan{pointer<const T>(x), other, x.numel(), plan_of(dropout), pointer<T>(out)};
    if constexpr (kWithCuda)
      if (x.is_cuda()) return cuda::dropout_add(plan, x.device());
    run(cpu_kernels<T>().dropout_add, plan, groups(plan.size, kElementGroup), 4);
  });
  return out;
}

}  // namespace heed
