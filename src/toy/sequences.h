#pragma once

#include <string>

#include "toy/phrase.h"

namespace heed {

// Digit-token sequences: 3 to 12 numbers from 0 to 49, separated by spaces.
enum class SequenceTask { kCopy, kReverse, kSort };

struct SequencePair {
  std::string source, target;
};
SequencePair sequence_pair(Draws& draws, SequenceTask task);

}  // namespace heed
