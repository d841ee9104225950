#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/thread_team.h"

namespace heed {

// Numbers of the sentences decoded together: of like length, at most `max_tokens` tokens (but at least one sentence)
// and `max_sentences`. Sentences of length 0 are in none.
std::vector<std::vector<size_t>> batches_by_length(const std::vector<int64_t>& lengths, int64_t max_tokens,
                                                   int64_t max_sentences);

template <class Value>
std::vector<Value> chosen(const std::vector<Value>& values, const std::vector<size_t>& indices) {
  std::vector<Value> result;
  for (const size_t i : indices) result.push_back(values[i]);
  return result;
}

// body(b) for each of a model's batches. On the CPU threads take whole batches, and nothing forks within one, unless it
// is the only one. What one throws ends all.
template <class Body>
void for_each_batch(size_t count, bool on_cpu, Body body) {
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  const auto work = [&](int64_t, int64_t) {
    try {
      for (size_t b = next++; b < count && !failed; b = next++) body(b);
    } catch (...) {
      failed = true;
      throw;
    }
  };
  if (count <= 1 || !on_cpu) return work(0, 1);
  parallel_for(num_threads(), 1, work);
}

// body(i) for every line, on all threads.
template <class Body>
void for_each_line(size_t count, Body body) {
  constexpr int64_t kGrain = 32;
  parallel_for(static_cast<int64_t>(count), kGrain, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) body(i);
  });
}

}  // namespace heed
