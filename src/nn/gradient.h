#pragma once

#include <ATen/core/Tensor.h>

namespace heed {

// Where the gradient of a parameter is summed: its .grad, made of zeros at the first use. Heed's own functions add to
// it during backward and give autograd nothing for the parameter, so no gradient of a weight is ever kept twice; with
// FlatParameters (train/) it is a view into one flat buffer.
//
// REQUIRES: `parameter` is a leaf.
at::Tensor& gradient_of(const at::Tensor& parameter);

}  // namespace heed
