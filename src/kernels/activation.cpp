#include "kernels/activation.h"

#include <ATen/ops/empty_like.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

at::Tensor activation_dropout(ActivationFunction f, const at::Tensor& x, const Dropout& dropout) {
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::activation_dropout(f, x, dropout);
  at::Tensor out = at::empty_like(x);
  dispatch(x, [&]<class T>(T) {
    const auto& kernels = cpu_kernels<T, ArithmeticOf<T>>();
    parallel(groups(x.numel(), kElementGroup), 2, [&](int64_t begin, int64_t end) {
      kernels.activation_forward(f, pointer<const T>(x), plan_of(dropout), x.numel(), pointer<T>(out), begin, end);
    });
  });
  return out;
}

at::Tensor activation_dropout_backward(ActivationFunction f, const at::Tensor& x, const at::Tensor& gradient,
                                       const Dropout& dropout) {
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::activation_dropout_backward(f, x, gradient, dropout);
  at::Tensor out = at::empty_like(x);
  dispatch(x, [&]<class T>(T) {
    const auto& kernels = cpu_kernels<T, ArithmeticOf<T>>();
    parallel(groups(x.numel(), kElementGroup), 2, [&](int64_t begin, int64_t end) {
      kernels.activation_backward(f, pointer<const T>(x), pointer<const T>(gradient), plan_of(dropout), x.numel(),
                                  pointer<T>(out), begin, end);
    });
  });
  return out;
}

}  // namespace heed
