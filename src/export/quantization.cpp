#include "export/quantization.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/round.h>
#include <ATen/ops/where.h>

#include <map>

#include "core/error.h"

namespace heed {

Quantization quantization_of(const std::string& name) {
  static const std::map<std::string, Quantization> kNames = {{"float32", Quantization::kFloat32},
                                                             {"int8", Quantization::kInt8},
                                                             {"int16", Quantization::kInt16},
                                                             {"float16", Quantization::kFloat16},
                                                             {"bfloat16", Quantization::kBfloat16}};
  const auto found = kNames.find(name);
  if (found == kNames.end())
    throw ConfigError("--quantize " + name + ": expected float32, int8, int16, float16 or bfloat16");
  return found->second;
}

QuantizedMatrix quantize_matrix(const at::Tensor& any_weight, Quantization quantization) {
  const at::Tensor weight = any_weight.to(at::kFloat);
  if (quantization == Quantization::kInt8) {
    const at::Tensor largest = at::amax(at::abs(weight), 1);
    const at::Tensor scale = 127 / at::where(largest.eq(0), 127.0, largest).clamp_min(127 / 3e38);
    return {at::round(weight * scale.unsqueeze(1)).to(at::kChar), scale};
  }
  if (quantization == Quantization::kInt16) {
    const at::Tensor largest = at::amax(at::abs(weight));
    const at::Tensor scale = 1024 / at::where(largest.eq(0), 1024.0, largest);
    return {at::round(weight * scale).to(at::kShort), scale};
  }
  return {quantize_rest(weight, quantization), std::nullopt};
}

at::Tensor quantize_rest(const at::Tensor& tensor, Quantization quantization) {
  switch (quantization) {
    case Quantization::kFloat16:
      return tensor.to(at::kHalf);
    case Quantization::kBfloat16:
      return tensor.to(at::kBFloat16);
    default:
      return tensor.to(at::kFloat);
  }
}

}  // namespace heed
