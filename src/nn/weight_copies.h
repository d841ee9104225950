#pragma once

#include <torch/types.h>

#include <map>
#include <memory>
#include <mutex>

#include "kernels/packed_weight.h"

namespace heed {

// A parameter as `type`, for a product with activations of that type: itself, a part of the copies in force, as it was
// converted before where UseFrozen lives, or converted now.
torch::Tensor in_type(const torch::Tensor& parameter, torch::ScalarType type);

// A parameter as products with rows of `type` take it (kernels/packed_weight.h): itself where those are the CPU's own,
// else in_type().
torch::Tensor for_products(const torch::Tensor& parameter, torch::ScalarType type);

// A weight ready for products with rows of `type`: as it was made before where UseFrozen lives, or made now.
PackedWeight packed(const torch::Tensor& weight, torch::ScalarType type);

// While this lives, in_type() finds its thread's parameters of a flat buffer (train/flat_parameters.h) in `copies`,
// made of the whole buffer at once: a model has a hundred small parameters, and recurrent ones are used at every step.
class WeightCopies {
 public:
  // Both flat and of one length. Borrows; who writes to `flat` brings `copies` up to date.
  WeightCopies(const torch::Tensor& flat, const torch::Tensor& copies);
  ~WeightCopies();
  WeightCopies(const WeightCopies&) = delete;
  WeightCopies& operator=(const WeightCopies&) = delete;

  // Undefined where the parameter is not a view of the buffer.
  torch::Tensor of(const torch::Tensor& parameter) const;
  torch::ScalarType type() const { return copies_.scalar_type(); }

 private:
  const torch::Tensor &flat_, &copies_;
  const WeightCopies* before_;
};

// Parameters that were converted or packed once, for decoding, which uses each at every step; on the CPU products of
// fp32 are in `numbers`. No weight may change while it lives. Safe from several threads.
class FrozenWeights {
 public:
  explicit FrozenWeights(ProductNumbers numbers = ProductNumbers::kOwn) : numbers_(numbers) {}
  torch::Tensor converted(const torch::Tensor& parameter, torch::ScalarType type);
  PackedWeight packed(const torch::Tensor& weight, torch::ScalarType type);

  // What `owner` has built upon these weights and what goes with them, such as CUDA graphs; null at first. For one
  // thread.
  std::shared_ptr<void>& built_by(const void* owner) { return built_[owner]; }

 private:
  struct Known {
    torch::Tensor parameter;  // kept so that its address stays its own
    std::map<torch::ScalarType, torch::Tensor> copies;
    std::map<torch::ScalarType, PackedWeight> packed;
  };
  Known& known(const torch::Tensor& parameter);

  const ProductNumbers numbers_;
  std::mutex mutex_;
  std::map<const void*, Known> known_;
  std::map<const void*, std::shared_ptr<void>> built_;
};

// While this lives, in_type() and packed() of its thread take from `weights` what is not in force as a copy. Borrows.
class UseFrozen {
 public:
  explicit UseFrozen(FrozenWeights& weights);
  ~UseFrozen();
  UseFrozen(const UseFrozen&) = delete;
  UseFrozen& operator=(const UseFrozen&) = delete;

  static FrozenWeights* current();  // of this thread, or null

 private:
  FrozenWeights* before_;
};

}  // namespace heed
