#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "decode/candidates.h"
#include "decode/hypothesis.h"
#include "decode/hypothesis_tree.h"
#include "text/vocabulary.h"

namespace heed {

// The search for one sentence's translations, without the model: it is told what may follow each live hypothesis and
// says which to go on with. It sees nothing of other sentences. pad and bos are never generated, unk only with
// allow_unk; the first token is not eos.
class Search {
 public:
  virtual ~Search() = default;

  // What to go on with: `row` is the parent's place in the live() before. At first hypotheses that end in bos, all of
  // row 0.
  const std::vector<Candidate>& live() const { return live_; }
  bool done() const { return live_.empty(); }

  // REQUIRES: !done(). The rows of live(), in its order, which it may write to.
  virtual void advance(const RowScores& next) = 0;

  // How many of each row's best tokens that are not forbidden() are enough; 0: it wants to see all tokens.
  virtual size_t num_listed() const { return 0; }
  const std::vector<int64_t>& forbidden() const { return forbidden_; }
  virtual void advance(const ListedTokens& next);  // REQUIRES: num_listed() > 0

  // All that were finished, best first, at least one: an empty hypothesis with -infinity where the model gave no
  // candidate.
  virtual std::vector<Hypothesis> results() const = 0;

 protected:
  // Both must outlive it.
  Search(const DecodeConfig& config, const SpecialIds& special, int64_t source_length);

  bool is_first_step() const { return length_ == 0; }
  int64_t tokens_left() const { return length_limit_ - length_; }  // that hypotheses may yet be given
  // Of the step that is being taken: counts it. True where no hypothesis may go on.
  bool count_step();
  // A hypothesis of the tokens up to `node`, with this log probability, and one more token.
  struct LastToken {
    int32_t token;
    double log_prob;
  };
  Hypothesis finished(int32_t node, double log_probability, const LastToken& last, double ranked_by) const;

  const DecodeConfig& config_;
  const SpecialIds& special_;
  std::vector<Candidate> live_;
  HypothesisTree tree_;

 private:
  int64_t length_limit_, length_ = 0;  // tokens decoded
  std::vector<int64_t> forbidden_;
};

}  // namespace heed
