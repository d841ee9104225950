#pragma once

#include <cstdint>
#include <vector>

#include "config/decode_config.h"

namespace heed {

// A finished translation.
struct Hypothesis {
  std::vector<int64_t> ids;    // without bos and eos
  double log_probability = 0;  // the model's: the sum over its tokens in order, in double; eos included where reached
  double score = 0;            // what the search ranks by, normalised by its length
  bool finished = true;        // ends in eos; false: cut at length_limit
  std::vector<double> log_probs = {};  // the model's, of each token; eos included where reached

  bool operator==(const Hypothesis&) const = default;
};

// log_probability / length^p, or / ((5 + length) / 6)^p (kWu). The length counts eos, as in CTranslate2 4.8, Marian and
// fairseq: all that the log probability is a sum of.
double normalised_score(double log_probability, int64_t length, const DecodeConfig& config);

// The tokens that the translation of a source of `source_length` encoder positions (its pieces and eos) may have, eos
// not counted: max_length, or less where max_length_ratio allows 10 + ratio * source_length only, but min_length at
// least.
int64_t length_limit(const DecodeConfig& config, int64_t source_length);

// The tokens that it must have at least, within that limit.
int64_t minimum_length(const DecodeConfig& config, int64_t source_length);

// The hypotheses that a search is to find: n_best, or those that mbr chooses among.
int64_t hypotheses_wanted(const DecodeConfig& config);

// The best first; one without a finite probability is left only where there is no other.
std::vector<Hypothesis> ranked(std::vector<Hypothesis> hypotheses);

}  // namespace heed
