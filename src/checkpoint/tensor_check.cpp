#include "checkpoint/tensor_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>

#include "core/error.h"
#include "tensor/safetensors_header.h"

namespace heed {

namespace {

std::string type_name(const at::Tensor& tensor) {
  const char* name = safetensors_type_name(tensor.scalar_type());
  return name != nullptr ? name : c10::toString(tensor.scalar_type());
}

std::string shape_text(const at::Tensor& tensor) { return fmt::format("[{}]", fmt::join(tensor.sizes(), ", ")); }

std::string description(const at::Tensor& tensor) { return type_name(tensor) + " " + shape_text(tensor); }

[[noreturn]] void fail(const std::string& origin, const std::string& name, const std::string& what) {
  throw CheckpointError(fmt::format("{}: tensor '{}' {}", origin, name, what));
}

// A floating-point number is not finite when all bits of its exponent are set.
template <class Word>
int64_t count_with_exponent(const at::Tensor& tensor, Word exponent) {
  const auto* words = static_cast<const Word*>(tensor.const_data_ptr());
  return std::count_if(words, words + tensor.numel(), [=](Word word) { return (word & exponent) == exponent; });
}

// In one pass and without temporaries: a checkpoint of millions of weights passes here at every save.
int64_t count_non_finite(const at::Tensor& any_tensor) {
  const at::Tensor tensor = any_tensor.detach().cpu().contiguous();
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return count_with_exponent<uint32_t>(tensor, 0x7F800000u);
    case at::kDouble:
      return count_with_exponent<uint64_t>(tensor, 0x7FF0000000000000u);
    case at::kHalf:
      return count_with_exponent<uint16_t>(tensor, 0x7C00u);
    case at::kBFloat16:
      return count_with_exponent<uint16_t>(tensor, 0x7F80u);
    default:
      return 0;  // integers and truth values
  }
}

}  // namespace

void check_tensors_match(const TensorMap& found, const TensorMap& expected, const std::string& origin) {
  for (const auto& [name, model] : expected) {
    const auto place = found.find(name);
    if (place == found.end()) fail(origin, name, fmt::format("is missing (expected {})", description(model)));
    const at::Tensor& tensor = place->second;
    if (tensor.sizes() != model.sizes())
      fail(origin, name, fmt::format("has shape {}, expected {}", shape_text(tensor), shape_text(model)));
    if (tensor.scalar_type() != model.scalar_type())
      fail(origin, name, fmt::format("has type {}, expected {}", type_name(tensor), type_name(model)));
  }
  for (const auto& [name, tensor] : found)
    if (expected.count(name) == 0)
      fail(origin, name, fmt::format("({}) is unknown to this model", description(tensor)));
  check_finite(found, origin);
}

void check_finite(const TensorMap& tensors, const std::string& origin) {
  for (const auto& [name, tensor] : tensors) {
    const int64_t bad = tensor.defined() ? count_non_finite(tensor) : 0;
    if (bad > 0) fail(origin, name, fmt::format("holds {} values that are not finite", bad));
  }
}

TensorMap weights_of(const torch::nn::Module& module) {
  TensorMap weights;
  for (const auto& item : module.named_parameters()) weights[item.key()] = item.value().detach();
  return weights;
}

void load_weights(torch::nn::Module& module, const TensorMap& found, const std::string& origin) {
  const torch::NoGradGuard no_grad;
  TensorMap parameters = weights_of(module);
  check_tensors_match(found, parameters, origin);
  for (auto& [name, parameter] : parameters) parameter.copy_(found.at(name));
}

}  // namespace heed
