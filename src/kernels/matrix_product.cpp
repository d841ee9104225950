#include "kernels/matrix_product.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

namespace heed {
namespace {

using LinearPointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                                   c10::string_view, c10::List<std::optional<at::Scalar>>,
                                   std::optional<c10::string_view>);

constexpr int64_t kSafeRows = 16;

bool is_intel() {
  static const bool kIntel = __builtin_cpu_is("intel");
  return kIntel;
}

// LibTorch's door to oneDNN's fp32 product; absent from builds without oneDNN.
const std::optional<c10::TypedOperatorHandle<LinearPointwise>>& onednn_linear() {
  static const auto kHandle = []() -> std::optional<c10::TypedOperatorHandle<LinearPointwise>> {
    const auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!schema) return std::nullopt;
    return schema->typed<LinearPointwise>();
  }();
  return kHandle;
}

bool use_onednn(const at::Tensor& x) {
  return x.is_cpu() && x.scalar_type() == at::kFloat && !is_intel() && onednn_linear().has_value() && x.size(0) > 0;
}

at::Tensor onednn_product(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  return onednn_linear()->call(x, weight, bias, "none", c10::List<std::optional<at::Scalar>>(), std::nullopt);
}

at::Tensor library_product(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  return bias ? at::addmm(*bias, x, weight.t()) : at::mm(x, weight.t());
}

}  // namespace

at::Tensor linear_product(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  return use_onednn(x) ? onednn_product(x, weight, bias) : library_product(x, weight, bias);
}

at::Tensor row_exact_product(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  const int64_t rows = x.size(0);
  if (!x.is_cpu() || is_intel() || rows >= kSafeRows) return library_product(x, weight, bias);
  at::Tensor padded = at::zeros({kSafeRows, x.size(1)}, x.options());
  padded.narrow(0, 0, rows).copy_(x);
  return library_product(padded, weight, bias).narrow(0, 0, rows);
}

at::Tensor input_gradient_product(const at::Tensor& gradient, const at::Tensor& weight) {
  return use_onednn(gradient) ? onednn_product(gradient, weight.t(), std::nullopt) : at::mm(gradient, weight);
}

void add_weight_gradient_product(const at::Tensor& gradient, const at::Tensor& x, at::Tensor& accumulated) {
  if (use_onednn(x)) {
    accumulated.add_(onednn_product(gradient.t(), x.t(), std::nullopt));
  } else if (x.scalar_type() == accumulated.scalar_type()) {
    accumulated.addmm_(gradient.t(), x);
  } else if (x.is_cuda()) {  // one product that sums in the gradient's own type: nothing is rounded to bf16 on the way
    at::addmm_out(accumulated, accumulated, gradient.t(), x, accumulated.scalar_type());
  } else {
    accumulated.add_(at::mm(gradient.t(), x));
  }
}

}  // namespace heed
