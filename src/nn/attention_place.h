#pragma once

#include <cstdint>

namespace heed {

enum class AttentionRole { kEncoderSelf, kDecoderSelf, kCross };

// Which of a model's layers attends; `layer` is among those of its role, from 0.
struct AttentionPlace {
  AttentionRole role = AttentionRole::kCross;
  int64_t layer = 0;

  bool operator==(const AttentionPlace&) const = default;
};

}  // namespace heed
