#pragma once

#include <torch/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "decode/translation.h"
#include "text/tokenizer.h"

namespace heed {

// The text of a translation with the source's words in the place of its unknown pieces (Luong et al. 2015, "Addressing
// the Rare Word Problem"): each gets the whole word around the source piece that it looked at most, without the marks
// that stand at its ends. seen (pieces of the translation and eos, pieces of the line and eos): float on the CPU;
// pieces beyond its rows stay as they are.
std::string with_source_words(const TranslationHypothesis& translation, const Tokenizer& target,
                              const torch::Tensor& seen, std::string_view line, const Tokenizer& source);

// The text of ids of which some are of `words`, outside the vocabulary (data/outside_words.h).
std::string with_copied_words(const std::vector<int64_t>& ids, const Tokenizer& target,
                              const std::vector<std::string>& words);

// With unk in the place of those.
std::vector<int64_t> known_ids(std::vector<int64_t> ids, const Vocabulary& vocabulary);

}  // namespace heed
