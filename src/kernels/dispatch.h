#pragma once

#include <ATen/EmptyTensor.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/util/BFloat16.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/thread_team.h"
#include "kernels/bfloat16.h"
#include "kernels/dropout.h"
#include "kernels/plans.h"
#include "kernels/with_cuda.h"

// From tensors to the pointers that kernels take. Private to src/kernels. A function of kernels/*.h allocates its
// outputs, builds one plan, and hands it to its CUDA kernel or to `run` with its CPU kernel.

namespace heed {

inline void require_kernels(const at::Tensor& tensor) {
  TORCH_CHECK(tensor.is_cpu() || (kWithCuda && tensor.is_cuda()), "this build has no kernels for tensors on ",
              tensor.device());
}

// Calls body(T{}) with the storage type of `tensor`, which lies on a device that this build has kernels for.
template <class Body>
auto dispatch_type(const at::Tensor& tensor, Body body) {
  require_kernels(tensor);
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return body(float{});
    case at::kDouble:
      return body(double{});
    case at::kBFloat16:
      return body(BFloat16{});
    default:
      TORCH_CHECK(false, "expected float, double or bfloat16, got ", tensor.scalar_type());
  }
}

// The same for flat buffers: float or double, their own type is the arithmetic type.
template <class Body>
void dispatch_flat_type(const at::Tensor& flat, Body body) {
  require_kernels(flat);
  TORCH_CHECK(flat.is_contiguous() && flat.dim() == 1, "expected a flat buffer");
  if (flat.scalar_type() == at::kFloat) return body(float{});
  if (flat.scalar_type() == at::kDouble) return body(double{});
  TORCH_CHECK(false, "expected float or double, got ", flat.scalar_type());
}

// at::empty; on the CPU without LibTorch's dispatcher, which takes longer than a small kernel.
inline at::Tensor new_tensor(at::IntArrayRef sizes, const at::TensorOptions& options) {
  return options.device().is_cpu() ? at::Tensor(at::detail::empty_cpu(sizes, options)) : at::empty(sizes, options);
}
inline at::Tensor new_tensor_like(const at::Tensor& x) { return new_tensor(x.sizes(), x.options()); }

// A matrix whose rows are contiguous, as kernels want them.
inline at::Tensor with_contiguous_rows(const at::Tensor& x) { return x.stride(1) == 1 ? x : x.contiguous(); }

// Null for an undefined tensor.
template <class T>
T* pointer(const at::Tensor& tensor) {
  if (!tensor.defined()) return nullptr;
  TORCH_CHECK(tensor.element_size() == sizeof(T), "unexpected element type ", tensor.scalar_type());
  return static_cast<T*>(tensor.data_ptr());
}

inline DropoutPlan plan_of(const Dropout& dropout) {
  if (dropout.rate <= 0) return {};
  TORCH_CHECK(dropout.rate < 1, "dropout rate must be below 1, got ", dropout.rate);
  return {dropout.key, dropout.base, static_cast<uint32_t>(std::ldexp(dropout.rate, 32)), 1 / (1 - dropout.rate)};
}

inline int64_t groups(int64_t size, int64_t group) { return (size + group - 1) / group; }

// Items for a thread, of `work` multiplications each: thousands of them pay for waking it.
inline int64_t grain_of(int64_t work) { return std::max<int64_t>(1, (int64_t{1} << 18) / std::max<int64_t>(1, work)); }

// On the CPU: does items [0, items) of the plan on all threads, at least `grain` items each.
template <class Plan>
void run(Kernel<Plan> kernel, const Plan& plan, int64_t items, int64_t grain) {
  parallel_for(items, grain, [&](int64_t begin, int64_t end) { kernel(plan, begin, end); });
}

}  // namespace heed
