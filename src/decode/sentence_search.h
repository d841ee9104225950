#pragma once

#include <cstdint>
#include <vector>

#include "config/decode_config.h"
#include "decode/candidates.h"
#include "text/vocabulary.h"

namespace heed {

// A finished translation.
struct Hypothesis {
  std::vector<int64_t> ids;    // without bos and eos
  double log_probability = 0;  // the sum over its tokens in order, in double; eos included where it was reached
  double score = 0;            // normalised by its length
  bool finished = true;        // ends in eos; false: cut at length_limit

  bool operator==(const Hypothesis&) const = default;
};

// log_probability / length^p, or / ((5 + length) / 6)^p (kWu). The length counts eos, as in CTranslate2 4.8, Marian and
// fairseq: all that the log probability is a sum of.
double normalised_score(double log_probability, int64_t length, const DecodeConfig& config);

// The tokens that the translation of a source of `source_length` encoder positions (its pieces and eos) may have, eos
// not counted: max_length, or less where max_length_ratio allows 10 + ratio * source_length only.
int64_t length_limit(const DecodeConfig& config, int64_t source_length);

// Beam search for one sentence, without the model: it is told the log probabilities of the next token of each live
// hypothesis and says which to go on with. It sees nothing of other sentences.
//
// The rules are those of CTranslate2 4 with patience 1 (BeamSearch::search in its src/decoding.cc). Each step ranks
// 2 * beam_size candidates. One among the first beam_size that ends in eos is finished, and the best unfinished
// candidate of the second half takes its place. The search ends when beam_size hypotheses are finished or, without a
// length penalty, when the best candidate of some step is one of them, since nothing can be better then. The first
// token is not eos. At length_limit tokens the first beam_size candidates are finished as they are. Differences: sums
// are doubles; ties have an order (decode/candidates.h); a beam wider than there are candidates is not filled up with
// impossible ones; forbidden tokens keep their share of the probability, so that a log probability is the model's own;
// where a list is wanted (n_best above 1), beam_size hypotheses are finished even without a length penalty, since
// several may read alike; length_limit knows the source.
class SentenceSearch {
 public:
  // Both must outlive it.
  SentenceSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length);

  // REQUIRES: !done(). The rows of live(), in its order.
  void advance(const RowScores& next);
  // The same with num_candidates() of each row, found elsewhere among the tokens that are not forbidden().
  void advance(const ListedTokens& listed);
  size_t num_candidates() const { return 2 * static_cast<size_t>(config_.beam_size); }
  const std::vector<int64_t>& forbidden() const { return forbidden_; }

  bool done() const { return live_.empty(); }

  // What to go on with: `row` is the parent's place in the live() before. At first one hypothesis that ends in bos.
  const std::vector<Candidate>& live() const { return live_; }

  // All that were finished, best first, at least one: an empty hypothesis with -infinity where the model gave no
  // candidate.
  std::vector<Hypothesis> results() const;

 private:
  struct Node {  // a token and the one before it
    int32_t parent, token;
  };

  std::vector<double> log_probabilities() const;  // of the live hypotheses
  void go_on(const std::vector<Candidate>& candidates);
  void grow(const std::vector<Candidate>& next);
  void finish(const Candidate& candidate);
  bool enough_finished() const;

  const DecodeConfig& config_;
  const SpecialIds& special_;
  int64_t length_limit_;
  std::vector<int64_t> forbidden_;
  std::vector<Node> nodes_;
  std::vector<int32_t> live_nodes_;  // the last token of each live hypothesis; -1: bos
  std::vector<Candidate> live_;
  std::vector<Hypothesis> finished_;
  int64_t length_ = 0;  // tokens decoded
  bool top_finished_ = false;
};

}  // namespace heed
