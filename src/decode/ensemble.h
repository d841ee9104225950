#pragma once

#include <cstdint>
#include <vector>

#include "model/decoding.h"

namespace heed {

// Models that write one translation together: a token's probability is the mean of theirs (as fairseq's ensembles). Of
// one model it is that model, and so it is of a model with itself; what the first thinks impossible stays so. Their
// rows are the same hypotheses.
class Ensemble {
 public:
  // At least one, of one vocabulary.
  explicit Ensemble(std::vector<Decoding> members) : members_(std::move(members)) {}

  int64_t num_rows() const { return members_.front().num_rows(); }

  // As Decoding's. The best tokens are listed by one model on a CUDA device alone.
  bool lists_best() const { return members_.size() == 1 && members_.front().on_cuda(); }
  TokenScores scores(const std::vector<int64_t>& tokens);
  BestTokens best(const std::vector<int64_t>& tokens, int64_t count, const std::vector<int64_t>& forbidden) {
    return members_.front().best(tokens, count, forbidden);
  }
  void select(const std::vector<int64_t>& indices);

 private:
  std::vector<Decoding> members_;
};

}  // namespace heed
