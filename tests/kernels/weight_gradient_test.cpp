// The gradient of a weight. What it asks of a GPU is told without one: tensors that are said to lie on a GPU and hold
// nothing, and the operators that would compute with them replaced by ones that note how they were called.
#include <ATen/native/TensorFactories.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>
#include <torch/library.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/thread_team.h"
#include "kernels/weight_gradient.h"
#include "support/random_tensor.h"

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
  add_weight_gradient(said_to_be_on_a_gpu(at::kBFloat16, {16, 8}), said_to_be_on_a_gpu(at::kBFloat16, {16, 4}),
                      accumulated);
  EXPECT_EQ(sums, std::vector{at::kFloat});
  EXPECT_EQ(products_in_the_input_type, 0);
}

// On the CPU: Heed's own.
class WeightGradientOf : public ::testing::TestWithParam<torch::ScalarType> {
 protected:
  static torch::ScalarType of_weight() { return GetParam() == torch::kDouble ? torch::kDouble : torch::kFloat; }
  static torch::Tensor rows(at::IntArrayRef sizes, uint64_t seed) {
    return testing::random_tensor(sizes, seed, of_weight()).to(GetParam());
  }
  static torch::Tensor found(const torch::Tensor& gradient, const torch::Tensor& x) {
    torch::Tensor accumulated = at::ones({gradient.size(1), x.size(1)}, of_weight());
    add_weight_gradient(gradient, x, accumulated);
    return accumulated;
  }
};

TEST_P(WeightGradientOf, IsAddedToWhatIsThere) {
  struct Shape {
    int64_t rows, out, in;
  };
  // Whole and broken panels, tiles, blocks and stretches of rows.
  for (const auto& [rows, out, in] : {Shape{1, 1, 1}, Shape{7, 5, 64}, Shape{256, 192, 65}, Shape{513, 200, 3},
                                      Shape{1100, 385, 130}, Shape{0, 4, 4}}) {
    const torch::Tensor gradient = WeightGradientOf::rows({rows, out}, 1), x = WeightGradientOf::rows({rows, in}, 2);
    const torch::Tensor expected = at::mm(gradient.t().to(torch::kDouble), x.to(torch::kDouble)) + 1;
    const double tolerance = GetParam() == torch::kDouble ? 1e-12 : 1e-5;
    EXPECT_TRUE(found(gradient, x)
                    .to(torch::kDouble)
                    .allclose(expected, tolerance, tolerance * std::sqrt(static_cast<double>(rows))))
        << rows << " x " << out << " x " << in;
  }
}

TEST_P(WeightGradientOf, TakesColumnsOfAMatrix) {
  const torch::Tensor gradients = rows({9, 30}, 1), all = rows({9, 80}, 2);
  const torch::Tensor gradient = gradients.narrow(1, 3, 20), x = all.narrow(1, 7, 66);
  EXPECT_TRUE(found(gradient, x).equal(found(gradient.contiguous(), x.contiguous())));
}

TEST_P(WeightGradientOf, IsTheSameForAnyNumberOfThreads) {
  const torch::Tensor gradient = rows({300, 700}, 1), x = rows({300, 200}, 2);
  const int64_t before = num_threads();
  set_num_threads(1);
  const torch::Tensor by_one = found(gradient, x);
  for (const int threads : {2, 3, 4}) {
    set_num_threads(threads);
    EXPECT_TRUE(found(gradient, x).equal(by_one)) << threads;
  }
  set_num_threads(before);
}

INSTANTIATE_TEST_SUITE_P(Types, WeightGradientOf, ::testing::Values(torch::kFloat, torch::kDouble, torch::kBFloat16),
                         [](const auto& given) { return std::string(c10::toString(given.param)); });

}  // namespace
}  // namespace heed
