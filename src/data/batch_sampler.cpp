#include "data/batch_sampler.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/random.h"

namespace heed {
namespace {

constexpr int64_t kEos = 1;  // the token that every sentence gets in addition, on both sides

std::vector<PairLengths> lengths_of(const ParallelCorpus& corpus) {
  std::vector<PairLengths> lengths;
  lengths.reserve(static_cast<size_t>(corpus.size()));
  for (int64_t i = 0; i < corpus.size(); ++i) lengths.push_back(corpus.lengths(i));
  return lengths;
}

}  // namespace

std::span<const int32_t> EpochBatches::operator[](int64_t b) const {
  const auto batch = static_cast<size_t>(b);
  const size_t begin = batch == 0 ? 0 : ends_[batch - 1];
  return std::span(sentences_).subspan(begin, ends_[batch] - begin);
}

BatchSampler::BatchSampler(const ParallelCorpus& corpus, int64_t batch_tokens, uint64_t seed)
    : BatchSampler(lengths_of(corpus), batch_tokens, seed) {}

BatchSampler::BatchSampler(std::vector<PairLengths> lengths, int64_t batch_tokens, uint64_t seed)
    : lengths_(std::move(lengths)), batch_tokens_(batch_tokens), seed_(seed) {}

EpochBatches BatchSampler::epoch(int64_t number) const {
  std::vector<int32_t> order(lengths_.size());
  std::iota(order.begin(), order.end(), 0);
  const uint64_t key = random_key(seed_, Purpose::kBatchOrder, {static_cast<uint64_t>(number)});
  shuffle(order, RandomStream(key));

  std::vector<std::vector<int32_t>> batches;
  std::vector<int32_t> pool;
  int64_t pool_tokens = 0;
  for (const int32_t sentence : order) {
    pool.push_back(sentence);
    pool_tokens += tokens(sentence);
    if (pool_tokens < kPoolBatches * batch_tokens_) continue;
    sort_by_length(pool);
    pool = cut(pool, batches);
    pool_tokens = 0;
    for (const int32_t left : pool) pool_tokens += tokens(left);
  }
  sort_by_length(pool);
  if (std::vector<int32_t> rest = cut(pool, batches); !rest.empty()) batches.push_back(std::move(rest));
  shuffle(batches, RandomStream(mix64(key)));

  EpochBatches epoch;
  epoch.sentences_.reserve(order.size());
  for (const std::vector<int32_t>& batch : batches) {
    epoch.sentences_.insert(epoch.sentences_.end(), batch.begin(), batch.end());
    epoch.ends_.push_back(epoch.sentences_.size());
  }
  return epoch;
}

int64_t BatchSampler::tokens(int32_t sentence) const {
  const PairLengths& lengths = lengths_[static_cast<size_t>(sentence)];
  return std::max(lengths.source, lengths.target) + kEos;
}

void BatchSampler::sort_by_length(std::vector<int32_t>& pool) const {
  std::stable_sort(pool.begin(), pool.end(), [&](int32_t a, int32_t b) {
    const PairLengths& x = lengths_[static_cast<size_t>(a)];
    const PairLengths& y = lengths_[static_cast<size_t>(b)];
    return x.target != y.target ? x.target < y.target : x.source < y.source;
  });
}

// Appends the full batches and returns the sentences of the one that could still grow.
std::vector<int32_t> BatchSampler::cut(const std::vector<int32_t>& pool,
                                       std::vector<std::vector<int32_t>>& batches) const {
  std::vector<int32_t> batch;
  int64_t source_tokens = 0, target_tokens = 0;
  for (const int32_t sentence : pool) {
    const PairLengths& lengths = lengths_[static_cast<size_t>(sentence)];
    source_tokens += lengths.source + kEos;
    target_tokens += lengths.target + kEos;
    if (!batch.empty() && std::max(source_tokens, target_tokens) > batch_tokens_) {
      batches.push_back(std::exchange(batch, {}));
      source_tokens = lengths.source + kEos;
      target_tokens = lengths.target + kEos;
    }
    batch.push_back(sentence);
  }
  return batch;
}

}  // namespace heed
