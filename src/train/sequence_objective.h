#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "decode/hypothesis.h"
#include "decode/line_wishes.h"
#include "eval/text_metric.h"
#include "model/encoder_decoder.h"
#include "tensor/batch.h"
#include "text/tokenizers.h"

namespace heed {

// Training by how good whole translations are, instead of one token after another: K of them are drawn of each source
// from the model as it is, and each gets a reward r, the sentence score by train.reward, 0 to 1 (TER's is minus the
// rate). The loss of a source is
//
//   minimum_risk    sum_k Q_k (1 - r_k),  Q_k = P_k^a / sum_j P_j^a over the different ones   Shen et al. 2016, eq. 11
//   self_critical   -1/K sum_k (r_k - r) log P_k,  r being that of the greedy translation     Rennie et al. 2017, eq. 7
//
// with P the probability that the model gives a translation and a train.risk_sharpness. What is drawn is a function of
// the weights, the update's key and the sentence, so that training resumes to the same bits.
class SequenceObjective {
 public:
  SequenceObjective(const Config& config, const Tokenizers& tokenizers);
  ~SequenceObjective();

  // The candidates of a batch, K blocks of all its sentences, and their rewards in that order.
  struct Candidates {
    Batch batch;
    std::vector<double> rewards, baselines;  // the latter of each sentence, for self_critical
  };
  Candidates draw(EncoderDecoder& model, const Batch& batch, uint64_t key) const;

  // Weights of the rows of -log p in the gradient, and the risk: the mean of 1 - r over sentences, by Q or drawn.
  struct Weighed {
    torch::Tensor row_weights;  // (Nt) double
    double risk = 0;
  };
  Weighed weigh(const Candidates& candidates, const torch::Tensor& log_probs) const;

 private:
  std::vector<std::vector<Hypothesis>> search(EncoderDecoder& model, const Memory& memory, const DecodeConfig& decode,
                                              const std::vector<LineWishes>& wishes) const;
  Batch batch_of(const Batch& sources, const std::vector<std::vector<Hypothesis>>& found) const;
  std::vector<double> rewards_of(const Batch& batch, int64_t source, const std::vector<Hypothesis>& candidates) const;
  std::vector<double> rewards_of(const Batch& batch, const std::vector<std::vector<Hypothesis>>& found) const;
  std::string text_of(const std::vector<int64_t>& ids, const std::vector<std::string>& outside_words) const;

  const TrainConfig& options_;
  Tokenizers tokenizers_;
  DecodeConfig drawing_, greedy_;
  std::unique_ptr<const TextMetric> metric_;
};

}  // namespace heed
