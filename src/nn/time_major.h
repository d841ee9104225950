#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "tensor/segments.h"

namespace heed {

// Packed rows in the order in which a recurrent network reads them: the first row of every sentence, then every second
// one, and so on, longer sentences first, so that the sentences still going at a step are the first counts[t] of the
// batch (torch.nn.utils.rnn.PackedSequence). No step computes a pad.
class TimeMajor {
 public:
  enum class Direction { kForward, kBackward };  // kBackward reads each sentence from its last row to its first
  TimeMajor(const Segments& segments, Direction direction, torch::Device device);

  const std::vector<int64_t>& counts() const { return counts_; }        // sentences going at each step, descending
  const std::vector<int64_t>& sentences() const { return sentences_; }  // longest first, equal ones as they stand

  torch::Tensor reorder(const torch::Tensor& packed) const;   // (N, D) packed -> time-major; differentiable
  torch::Tensor restore(const torch::Tensor& ordered) const;  // and back
  Segments reach(const Segments& memory) const;               // the memory of each sentence, as sentences()

 private:
  std::vector<int64_t> counts_, sentences_;
  torch::Tensor packed_rows_, ordered_rows_;  // int64
};

// x[rows], a permutation: its gradient is the inverse permutation, given too.
torch::Tensor permute_rows(const torch::Tensor& x, const torch::Tensor& rows, const torch::Tensor& inverse);

}  // namespace heed
