#pragma once

#include <torch/csrc/autograd/custom_function.h>

#include "kernels/dropout.h"

namespace heed {

// What a custom function's backward needs to draw forward's mask again.
inline void save_dropout(torch::autograd::AutogradContext* context, const Dropout& dropout) {
  context->saved_data["rate"] = dropout.rate;
  context->saved_data["key"] = static_cast<int64_t>(dropout.key);
  context->saved_data["base"] = static_cast<int64_t>(reinterpret_cast<intptr_t>(dropout.base));
}

inline Dropout saved_dropout(torch::autograd::AutogradContext* context) {
  Dropout dropout{context->saved_data["rate"].toDouble(), static_cast<uint64_t>(context->saved_data["key"].toInt())};
  const auto base = static_cast<intptr_t>(context->saved_data["base"].toInt());
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an IValue holds numbers, not pointers
  dropout.base = reinterpret_cast<const uint64_t*>(base);
  return dropout;
}

}  // namespace heed
