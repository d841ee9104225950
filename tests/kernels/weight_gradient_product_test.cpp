// What matrix_product asks of a GPU, told without one: tensors that are said to lie on a GPU and hold nothing, and the
// operators that would compute with them replaced by ones that note how they were called.
#include <ATen/native/TensorFactories.h>
#include <ATen/ops/as_strided_native.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>
#include <torch/library.h>

#include <vector>

#include "kernels/matrix_product.h"

namespace heed {
namespace {

std::vector<at::ScalarType> sums;  // of the products asked for
int products_in_the_input_type = 0;

at::Tensor& sum_product(const at::Tensor&, const at::Tensor&, const at::Tensor&, at::ScalarType type, const at::Scalar&,
                        const at::Scalar&, at::Tensor& out) {
  sums.push_back(type);
  return out;
}

at::Tensor product(const at::Tensor& a, const at::Tensor&) {
  ++products_in_the_input_type;
  return a;
}

TORCH_LIBRARY_IMPL(aten, CUDA, operators) {
  operators.impl("as_strided", at::native::as_strided_tensorimpl);
  operators.impl("addmm.dtype_out", sum_product);
  operators.impl("mm", product);
}

at::Tensor said_to_be_on_a_gpu(at::ScalarType type, at::IntArrayRef sizes) {
  c10::Storage storage(c10::Storage::use_byte_size_t(), 4096, at::DataPtr(nullptr, at::Device(at::kCUDA, 0)), nullptr,
                       false);
  at::Tensor tensor = at::detail::make_tensor<c10::TensorImpl>(
      std::move(storage), c10::DispatchKeySet(c10::DispatchKey::CUDA), c10::scalarTypeToTypeMeta(type));
  tensor.unsafeGetTensorImpl()->set_sizes_contiguous(sizes);
  return tensor;
}

TEST(WeightGradientProduct, IsSummedInFp32OnAGpuWhenTheInputsAreBf16) {
  const c10::InferenceMode no_autograd;
  at::Tensor accumulated = said_to_be_on_a_gpu(at::kFloat, {8, 4});
  add_weight_gradient_product(said_to_be_on_a_gpu(at::kBFloat16, {16, 8}), said_to_be_on_a_gpu(at::kBFloat16, {16, 4}),
                              accumulated);
  EXPECT_EQ(sums, std::vector{at::kFloat});
  EXPECT_EQ(products_in_the_input_type, 0);
}

}  // namespace
}  // namespace heed
