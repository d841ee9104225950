#include "decode/search.h"

#include <c10/util/Exception.h>

namespace heed {

Search::Search(const DecodeConfig& config, const SpecialIds& special, int64_t source_length)
    : config_(config),
      special_(special),
      live_{{0, 0, static_cast<int32_t>(special.bos)}},
      length_limit_(length_limit(config, source_length)),
      forbidden_{special.pad, special.bos, special.eos} {
  if (!config.allow_unk) forbidden_.push_back(special.unk);
}

void Search::advance(const ListedTokens& /*next*/) { TORCH_CHECK(false, "this search wants to see all tokens"); }

bool Search::count_step() {
  if (length_++ == 0) std::erase(forbidden_, special_.eos);  // something comes of something
  return length_ == length_limit_;
}

Hypothesis Search::finished(std::vector<int64_t> ids, bool ended, double log_probability, double ranked_by) const {
  const int64_t length = static_cast<int64_t>(ids.size()) + (ended ? 1 : 0);
  return {std::move(ids), log_probability, normalised_score(ranked_by, length, config_), ended};
}

}  // namespace heed
