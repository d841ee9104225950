#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/parallel_corpus.h"

namespace heed {

// The batches of one epoch, as sentence numbers.
class EpochBatches {
 public:
  int64_t size() const { return static_cast<int64_t>(ends_.size()); }
  std::span<const int32_t> operator[](int64_t b) const;

 private:
  friend class BatchSampler;
  std::vector<int32_t> sentences_;
  std::vector<size_t> ends_;
};

// Batches of sentences of similar lengths, in random order. Every sentence stands in exactly one batch of an epoch. A
// batch holds at most `batch_tokens` tokens on either side, eos included; a sentence longer than that has a batch of
// its own.
//
// The batches are a pure function of (lengths, batch_tokens, seed, epoch): starting at batch b of epoch e needs nothing
// replayed. How: shuffle the sentences; cut the order into pools of about kPoolBatches batches; sort a pool by (target,
// source) length, equal ones staying shuffled; cut batches from it, the unfilled last one going on into the next pool;
// shuffle the batches. As batches are packed without padding, equal lengths save attention time only, and pools much
// smaller than a large corpus keep batches random.
class BatchSampler {
 public:
  static constexpr int64_t kPoolBatches = 100;

  // REQUIRES: batch_tokens > 0.
  BatchSampler(const ParallelCorpus& corpus, int64_t batch_tokens, uint64_t seed);
  BatchSampler(std::vector<PairLengths> lengths, int64_t batch_tokens, uint64_t seed);

  EpochBatches epoch(int64_t number) const;

 private:
  int64_t tokens(int32_t sentence) const;
  void sort_by_length(std::vector<int32_t>& pool) const;
  std::vector<int32_t> cut(const std::vector<int32_t>& pool, std::vector<std::vector<int32_t>>& batches) const;

  std::vector<PairLengths> lengths_;
  int64_t batch_tokens_;
  uint64_t seed_;
};

}  // namespace heed
