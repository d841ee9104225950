#include "kernels/layer_norm.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include "kernels/cuda/cuda_kernels.h"
#include "kernels/dispatch.h"

namespace heed {

std::tuple<at::Tensor, at::Tensor> layer_norm(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& beta,
                                              double epsilon) {
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::layer_norm(x, gamma, beta, epsilon);
  const int64_t rows = x.size(0), width = x.size(1);
  at::Tensor y = at::empty_like(x), stats = at::empty({rows, 2}, gamma.options());
  dispatch(x, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    parallel(rows, 64, [&](int64_t begin, int64_t end) {
      cpu_kernels<T, A>().layer_norm_forward(pointer<const T>(x), pointer<const A>(gamma), pointer<const A>(beta),
                                             epsilon, width, pointer<T>(y), pointer<A>(stats), begin, end);
    });
  });
  return {y, stats};
}

at::Tensor layer_norm_backward(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& stats,
                               const at::Tensor& gradient, at::Tensor& gamma_gradient, at::Tensor& beta_gradient) {
  if constexpr (kWithCuda)
    if (x.is_cuda()) return cuda::layer_norm_backward(x, gamma, stats, gradient, gamma_gradient, beta_gradient);
  const int64_t rows = x.size(0), width = x.size(1);
  at::Tensor dx = at::empty_like(x);
  dispatch(x, [&]<class T>(T) {
    using A = ArithmeticOf<T>;
    const auto& kernels = cpu_kernels<T, A>();
    const T *in = pointer<const T>(x), *dy = pointer<const T>(gradient);
    const A *scale = pointer<const A>(gamma), *moments = pointer<const A>(stats);
    parallel(rows, 64, [&](int64_t begin, int64_t end) {
      kernels.layer_norm_backward(in, scale, moments, dy, nullptr, width, pointer<T>(dx), begin, end);
    });
    parallel(groups(width, kColumnGroup), 1, [&](int64_t begin, int64_t end) {
      kernels.layer_norm_parameter_gradient(in, moments, dy, rows, width, pointer<A>(gamma_gradient),
                                            pointer<A>(beta_gradient), begin, end);
    });
  });
  return dx;
}

}  // namespace heed
