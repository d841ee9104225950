#include "kernels/dropout.h"

#include <ATen/ops/empty_like.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

at::Tensor dropout_add(const at::Tensor& x, const std::optional<at::Tensor>& residual, const Dropout& dropout) {
  TORCH_CHECK(!residual || residual->sizes() == x.sizes(), "dropout_add: shapes differ");
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::dropout_add(x, residual, dropout);
  at::Tensor out = at::empty_like(x);
  dispatch(x, [&]<class T>(T) {
    const auto& kernels = cpu_kernels<T, ArithmeticOf<T>>();
    const T* other = residual ? pointer<const T>(*residual) : nullptr;
    parallel(groups(x.numel(), kElementGroup), 4, [&](int64_t begin, int64_t end) {
      kernels.dropout_add(pointer<const T>(x), other, plan_of(dropout), x.numel(), pointer<T>(out), begin, end);
    });
  });
  return out;
}

}  // namespace heed
