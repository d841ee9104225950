#include "nn/weight_copies.h"

#include <c10/util/Exception.h>

#include <utility>

namespace heed {
namespace {

thread_local const WeightCopies* in_force = nullptr;
thread_local FrozenWeights* frozen = nullptr;

}  // namespace

torch::Tensor in_type(const torch::Tensor& parameter, torch::ScalarType type) {
  if (parameter.scalar_type() == type) return parameter;
  if (in_force != nullptr && in_force->type() == type) {
    torch::Tensor copy = in_force->of(parameter);
    if (copy.defined()) return copy;
  }
  return frozen != nullptr ? frozen->converted(parameter, type) : parameter.to(type);
}

torch::Tensor for_products(const torch::Tensor& parameter, torch::ScalarType type) {
  return PackedWeight::packs(parameter, type) ? parameter : in_type(parameter, type);
}

PackedWeight packed(const torch::Tensor& weight, torch::ScalarType type) {
  return frozen != nullptr ? frozen->packed(weight, type) : PackedWeight(for_products(weight, type), type);
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

FrozenWeights::Known& FrozenWeights::known(const torch::Tensor& parameter) {
  Known& known = known_[parameter.unsafeGetTensorImpl()];
  known.parameter = parameter;
  return known;
}

torch::Tensor FrozenWeights::converted(const torch::Tensor& parameter, torch::ScalarType type) {
  const std::lock_guard lock(mutex_);
  torch::Tensor& copy = known(parameter).copies[type];
  if (!copy.defined()) copy = parameter.to(type);
  return copy;
}

PackedWeight FrozenWeights::packed(const torch::Tensor& weight, torch::ScalarType type) {
  const torch::Tensor matrix = PackedWeight::packs(weight, type) ? weight : converted(weight, type);
  const std::lock_guard lock(mutex_);
  std::map<torch::ScalarType, PackedWeight>& of_weight = known(weight).packed;
  const auto found = of_weight.find(type);
  if (found != of_weight.end()) return found->second;
  return of_weight[type] = PackedWeight(matrix, type, type == torch::kFloat ? numbers_ : ProductNumbers::kOwn);
}

UseFrozen::UseFrozen(FrozenWeights& weights) : before_(std::exchange(frozen, &weights)) {}

UseFrozen::~UseFrozen() { frozen = before_; }

FrozenWeights* UseFrozen::current() { return frozen; }

}  // namespace heed
