#include "train/flat_parameters.h"

#include <ATen/ops/zeros.h>

namespace heed {
namespace {

constexpr int64_t kAlignment = 64;  // elements: every parameter starts on a cache line

torch::Tensor view_of(const torch::Tensor& flat, int64_t offset, const torch::Tensor& like) {
  return flat.narrow(0, offset, like.numel()).view(like.sizes());
}

}  // namespace

FlatParameters::FlatParameters(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  int64_t size = 0;
  torch::TensorOptions options;
  for (auto& item : module.named_parameters()) {
    entries_.push_back({item.key(), item.value(), size});
    options = item.value().options();
    count_ += item.value().numel();
    size += (item.value().numel() + kAlignment - 1) / kAlignment * kAlignment;
  }
  weights_ = at::zeros({size}, options.requires_grad(false));
  gradients_ = at::zeros({size}, options.requires_grad(false));
  for (Entry& entry : entries_) {
    const torch::Tensor view = view_of(weights_, entry.offset, entry.parameter);
    view.copy_(entry.parameter);
    entry.parameter.set_data(view);
    entry.parameter.mutable_grad() = view_of(gradients_, entry.offset, entry.parameter);
  }
}

void FlatParameters::check() const {
  const auto at = [](const torch::Tensor& flat, int64_t offset) {
    return static_cast<const char*>(flat.const_data_ptr()) + offset * flat.element_size();
  };
  for (const Entry& entry : entries_) {
    TORCH_CHECK(entry.parameter.const_data_ptr() == at(weights_, entry.offset), entry.name,
                " is no longer a view of the flat parameters");
    TORCH_CHECK(
        entry.parameter.grad().defined() && entry.parameter.grad().const_data_ptr() == at(gradients_, entry.offset),
        "the gradient of ", entry.name, " is no longer a view of the flat gradients");
  }
}

TensorMap FlatParameters::views(const torch::Tensor& flat, const std::string& prefix) const {
  TensorMap tensors;
  for (const Entry& entry : entries_) tensors[prefix + entry.name] = view_of(flat, entry.offset, entry.parameter);
  return tensors;
}

}  // namespace heed
