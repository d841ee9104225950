#pragma once

#include <cstdint>

namespace heed {

// The label of a row that is there for its shape's sake: it has no loss and no gradient.
constexpr int64_t kPaddingLabel = -1;

}  // namespace heed
