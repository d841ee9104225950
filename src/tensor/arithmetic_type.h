#pragma once

#include <c10/core/ScalarType.h>

namespace heed {

// The type that values stored as `type` are computed in: bf16 in float, the others in their own.
inline c10::ScalarType arithmetic_type(c10::ScalarType type) {
  return type == c10::ScalarType::BFloat16 ? c10::ScalarType::Float : type;
}

}  // namespace heed
