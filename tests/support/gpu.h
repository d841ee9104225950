#pragma once

#include <ATen/Context.h>

namespace heed::testing {

inline bool has_gpu() { return at::globalContext().hasCUDA() && at::detail::getCUDAHooks().deviceCount() > 0; }

}  // namespace heed::testing
