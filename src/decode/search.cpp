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

Hypothesis Search::finished(int32_t node, double log_probability, const LastToken& last, double ranked_by) const {
  Hypothesis hypothesis{tree_.tokens(node), log_probability + last.log_prob, 0, last.token == special_.eos,
                        tree_.log_probs(node)};
  hypothesis.log_probs.push_back(last.log_prob);
  if (!hypothesis.finished) hypothesis.ids.push_back(last.token);
  hypothesis.score = normalised_score(ranked_by, static_cast<int64_t>(hypothesis.log_probs.size()), config_);
  return hypothesis;
}

}  // namespace heed
