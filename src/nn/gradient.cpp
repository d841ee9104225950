#include "nn/gradient.h"

#include <ATen/ops/zeros_like.h>

namespace heed {

at::Tensor& gradient_of(const at::Tensor& parameter) {
  TORCH_CHECK(parameter.is_leaf(), "the gradient of a parameter is summed in place: it must be a leaf");
  at::Tensor& gradient = parameter.mutable_grad();
  if (!gradient.defined()) gradient = at::zeros_like(parameter);
  return gradient;
}

}  // namespace heed
