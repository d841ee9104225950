#pragma once

#include <string>
#include <vector>

#include "config/decode_config.h"

namespace heed {

// Minimum Bayes risk decoding (Kumar and Byrne 2004; by samples: Eikema and Aziz 2020): of translations that stand for
// all that the model thinks possible, the one that is most like the others.
//
// How much each of `texts` is like all of them, itself among them, on average by `weights` (as many, not negative, not
// all 0): 0 to 100, sacreBLEU's sentence score of `mbr` with the other as its reference.
std::vector<double> expected_utilities(MinimumRisk mbr, const std::vector<std::string>& texts,
                                       const std::vector<double>& weights);

}  // namespace heed
