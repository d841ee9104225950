#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace heed {

// One way to go on with one of a sentence's hypotheses.
struct Candidate {
  double log_probability = 0;  // of the hypothesis with this token at its end
  int32_t row = 0;             // of the hypothesis among those of the sentence
  int32_t token = 0;

  bool operator==(const Candidate&) const = default;
};

// The order of candidates: the more probable first; among equals the earlier hypothesis, then the smaller token id.
bool is_better(const Candidate& a, const Candidate& b);

// What the rows of hypotheses say of the next token: log p = logit - log_sum_exp of its row (model/output_layer.h).
struct RowScores {
  std::span<float> logits;               // (rows, V), row-major
  std::span<const double> log_sum_exps;  // (rows)
  std::span<const float> largest = {};   // of blocks of each row's logits (kernels/log_sum_exp.h), or none
};

// The `count` best candidates, best first, fewer where there are fewer; `row_log_probabilities` (rows) are the
// hypotheses' so far. Tokens in `forbidden`, and those whose log probability is -infinity or NaN, are no candidates.
std::vector<Candidate> best_candidates(const RowScores& next, std::span<const double> row_log_probabilities,
                                       size_t count, std::span<const int64_t> forbidden);

// The same where each row brings only its own `count` best or more, best first: log_probs and tokens (rows, listed),
// row-major; an entry whose log probability is -infinity is none.
struct ListedTokens {
  std::span<const float> log_probs;
  std::span<const int32_t> tokens;
};
std::vector<Candidate> best_candidates(const ListedTokens& listed, std::span<const double> row_log_probabilities,
                                       size_t count);

}  // namespace heed
