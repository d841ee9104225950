#include "nn/attention/key_mask.h"

#include <limits>

namespace heed {
namespace {

class SeenKeys {
 public:
  SeenKeys(const AttentionProblem& problem, int64_t num_keys, const torch::Tensor& centres)
      : problem_(problem),
        num_keys_(num_keys),
        centres_(centres.defined() ? centres.detach().to(torch::kCPU, torch::kDouble).contiguous() : centres) {}

  Span by(int64_t head, int64_t query) const {
    if (!centres_.defined()) return keys_seen(problem_.reach, position(query), num_keys_);
    return keys_around(problem_.reach, centres_.accessor<double, 2>()[head][query], num_keys_);
  }
  bool skipped(int64_t query, int64_t key) const {
    return !centres_.defined() && skips(problem_.reach, position(query), key);
  }

 private:
  int64_t position(int64_t query) const { return position_of(problem_.positions, query, num_keys_); }

  const AttentionProblem& problem_;
  int64_t num_keys_;
  torch::Tensor centres_;
};

}  // namespace

torch::Tensor key_mask(const AttentionProblem& problem, int64_t num_queries, int64_t num_keys,
                       const torch::Tensor& centres) {
  const SeenKeys keys(problem, num_keys, centres);
  const int64_t heads = centres.defined() ? problem.num_heads : 1;
  torch::Tensor mask =
      torch::full({heads, num_queries, num_keys}, -std::numeric_limits<double>::infinity(), torch::kDouble);
  auto entries = mask.accessor<double, 3>();
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t query = 0; query < num_queries; ++query) {
      const Span seen = keys.by(head, query);
      for (int64_t key = seen.first; key < seen.end; ++key)
        if (!keys.skipped(query, key)) entries[head][query][key] = 0;
    }
  return mask;
}

}  // namespace heed
