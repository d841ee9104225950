#pragma once

#include "toy/clause.h"

namespace heed {

// Fills the verb fields of `clause` (auxiliary, negation, verb, finite, nonfinite, prefix) for its subject. `negation`
// is the link of "not", or Word::kInserted. The German word for it is the caller's to place.
void conjugate(Draws& draws, const Verb& verb, const ClauseWish& wish, int negation, Clause& clause);

}  // namespace heed
