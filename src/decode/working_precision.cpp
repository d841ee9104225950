#include "decode/working_precision.h"

#include <fmt/format.h>

#include "core/error.h"

namespace heed {
namespace {

ProductNumbers numbers_of(DecodePrecision wanted) {
  if (wanted == DecodePrecision::kBf16) return ProductNumbers::kBFloat16;
  return wanted == DecodePrecision::kInt8 ? ProductNumbers::kInt8 : ProductNumbers::kOwn;
}

}  // namespace

ComputeIn::ComputeIn(std::vector<EncoderDecoder>& models, torch::ScalarType type) : models_(models) {
  for (EncoderDecoder& model : models_) {
    before_.push_back(model->compute_type());
    model->set_compute_type(type);
  }
}

ComputeIn::~ComputeIn() {
  for (size_t i = models_.size(); i-- > 0;)
    models_[i]->set_compute_type(before_[i]);  // a model may be among them twice
}

WorkingPrecision working_precision(const EncoderDecoder& model, DecodePrecision wanted) {
  const torch::ScalarType own = model->compute_type();
  if (own == torch::kDouble) return {own, ProductNumbers::kOwn};
  if (model->device().is_cpu()) return {torch::kFloat, numbers_of(wanted)};
  if (wanted == DecodePrecision::kInt8)
    throw ConfigError(
        fmt::format("decode.precision: int8 runs on a CPU only, the model is on {}: choose bf16 or fp32, "
                    "or --device cpu",
                    model->device().str()));
  if (wanted == DecodePrecision::kAuto) return {own, ProductNumbers::kOwn};
  return {wanted == DecodePrecision::kBf16 ? torch::kBFloat16 : torch::kFloat, ProductNumbers::kOwn};
}

}  // namespace heed
