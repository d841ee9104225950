#pragma once

#include <torch/types.h>

#include <map>
#include <utility>

namespace heed {

// A parameter as `type`, for a product with activations of that type: itself, a part of the copies in force, as it was
// converted before where UseConverted lives, or converted now.
torch::Tensor in_type(const torch::Tensor& parameter, torch::ScalarType type);

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

// Parameters that were converted once, for decoding, which uses each at every step. No weight may change while it
// lives.
class ConvertedWeights {
 public:
  const torch::Tensor& of(const torch::Tensor& parameter, torch::ScalarType type);

 private:
  struct Known {
    torch::Tensor parameter, copy;  // the first is kept so that its address stays its own
  };
  std::map<std::pair<const void*, torch::ScalarType>, Known> known_;
};

// While this lives, in_type() of its thread takes from `weights` what is not in force as a copy. Borrows.
class UseConverted {
 public:
  explicit UseConverted(ConvertedWeights& weights);
  ~UseConverted();
  UseConverted(const UseConverted&) = delete;
  UseConverted& operator=(const UseConverted&) = delete;

 private:
  ConvertedWeights* before_;
};

}  // namespace heed
