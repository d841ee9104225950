#include "checkpoint/tensor_check.h"

#include <ATen/ops/isfinite.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

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
    if (!tensor.defined() || !tensor.is_floating_point()) continue;
    const int64_t bad = tensor.numel() - at::isfinite(tensor).sum().item<int64_t>();
    if (bad > 0) fail(origin, name, fmt::format("holds {} values that are not finite", bad));
  }
}

}  // namespace heed
