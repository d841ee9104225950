#include "nn/weight_copies.h"

#include <c10/util/Exception.h>

namespace heed {
namespace {

thread_local const WeightCopies* in_force = nullptr;
thread_local ConvertedWeights* converted = nullptr;

}  // namespace

torch::Tensor in_type(const torch::Tensor& parameter, torch::ScalarType type) {
  if (parameter.scalar_type() == type) return parameter;
  if (in_force != nullptr && in_force->type() == type) {
    torch::Tensor copy = in_force->of(parameter);
    if (copy.defined()) return copy;
  }
  return converted != nullptr ? converted->of(parameter, type) : parameter.to(type);
}

WeightCopies::WeightCopies(const torch::Tensor& flat, const torch::Tensor& copies)
    : flat_(flat), copies_(copies), before_(in_force) {
  TORCH_CHECK(flat.dim() == 1 && flat.sizes() == copies.sizes(), "copies of another buffer");
  in_force = this;
}

WeightCopies::~WeightCopies() { in_force = before_; }

torch::Tensor WeightCopies::of(const torch::Tensor& parameter) const {
  if (!parameter.is_alias_of(flat_) || !parameter.is_contiguous()) return {};
  return copies_.narrow(0, parameter.storage_offset() - flat_.storage_offset(), parameter.numel())
      .view(parameter.sizes());
}

const torch::Tensor& ConvertedWeights::of(const torch::Tensor& parameter, torch::ScalarType type) {
  Known& known = known_[{parameter.unsafeGetTensorImpl(), type}];
  if (!known.copy.defined()) known = {parameter, parameter.to(type)};
  return known.copy;
}

UseConverted::UseConverted(ConvertedWeights& weights) : before_(std::exchange(converted, &weights)) {}

UseConverted::~UseConverted() { converted = before_; }

}  // namespace heed
