#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

namespace heed {

// How CTranslate2 stores weights. Matrices of linear layers and embeddings become integers with a scale, or halves; in
// float16 and bfloat16 all else does too.
enum class Quantization { kFloat32, kInt8, kInt16, kFloat16, kBfloat16 };

// By name: float32, int8, int16, float16, bfloat16. ConfigError for another.
Quantization quantization_of(const std::string& name);

// value = round(weight * scale), half to even. int8: a scale for each row, 127 / max |row| (1 for a row of zeros);
// int16: one, 2^10 / max |weight|, so that a product has 20 bits. As python/ctranslate2/specs/model_spec.py.
struct QuantizedMatrix {
  at::Tensor values;
  std::optional<at::Tensor> scale;  // none where values are floating-point
};
QuantizedMatrix quantize_matrix(const at::Tensor& weight, Quantization quantization);

// What else there is: halves in float16 and bfloat16, else fp32.
at::Tensor quantize_rest(const at::Tensor& tensor, Quantization quantization);

}  // namespace heed
