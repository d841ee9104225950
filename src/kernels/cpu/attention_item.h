#pragma once

// Where the rows of one (sentence, key head) lie, and the working memory they are copied to.

#include <algorithm>
#include <new>

#include "kernels/attention_plan.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

// Working memory aligned to the lanes. Not std::vector: its functions would be compiled for this instruction set under
// a name that other code shares.
template <class A>
class Buffer {
 public:
  explicit Buffer(int64_t size = 0)
      : size_(size), data_(size ? static_cast<A*>(::operator new (bytes(), std::align_val_t{64})) : nullptr) {}
  ~Buffer() {
    if (data_) ::operator delete (data_, std::align_val_t{64});
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  A* data() { return data_; }
  A& operator[](int64_t i) { return data_[i]; }
  void clear() {
    if (data_) std::memset(data_, 0, bytes());
  }

 private:
  size_t bytes() const { return static_cast<size_t>(size_) * sizeof(A); }
  int64_t size_;
  A* data_;
};

template <class A>
inline int64_t whole_lanes(int64_t columns) {
  return (columns + kLanes<A> - 1) / kLanes<A> * kLanes<A>;
}

template <class T>
struct AttentionScratch {
  using A = Acc<T>;
  // Columns are padded to whole vectors; padding is zero and masked out of every softmax.
  AttentionScratch(const AttentionPlan<T>& plan, bool backward)
      : AttentionScratch(whole_lanes<A>(plan.max_key_length), plan.head_size, plan.key_bias, backward) {}

  Buffer<A> keys_transposed, values, query, weights, row, key_bias;
  Buffer<A> keys, values_transposed, score_gradient, key_gradient, value_gradient, key_bias_gradient;  // backward only

 private:
  AttentionScratch(int64_t columns, int64_t size, bool biased, bool backward)
      : keys_transposed(size * columns),
        values(columns * size),
        query(size),
        weights(columns),
        row(size),
        key_bias(biased ? columns : 0),
        keys(backward ? columns * size : 0),
        values_transposed(backward ? size * columns : 0),
        score_gradient(backward ? columns : 0),
        key_gradient(backward ? columns * size : 0),
        value_gradient(backward ? columns * size : 0),
        key_bias_gradient(backward && biased ? columns : 0) {}
};

template <class From, class To>
inline void copy_row(const From* from, To* to, int64_t size) {
  for_lanes<Acc<To>>(size, [&](int64_t i, int64_t count) { store_up_to(to + i, load_up_to(from + i, count), count); });
}

// One (sentence, key head): where its rows are and how many.
template <class T>
struct AttentionItem {
  AttentionItem(const AttentionPlan<T>& all, int64_t item)
      : plan(all),
        sentence(item / all.num_key_heads),
        key_head(item % all.num_key_heads),
        num_queries(all.query_lengths[sentence]),
        num_keys(all.key_lengths[sentence]),
        padded_keys(whole_lanes<Acc<T>>(num_keys)) {}

  int64_t key_row(int64_t j) const {
    const int64_t row = plan.key_starts[sentence] + j;
    return plan.key_rows ? plan.key_rows[row] : row;
  }
  int64_t key_offset(int64_t j) const { return key_row(j) * plan.key_stride + key_head * plan.head_size; }
  int64_t value_offset(int64_t j) const { return key_row(j) * plan.value_stride + key_head * plan.head_size; }

  int64_t value_gradient_offset(int64_t j) const {
    return key_row(j) * plan.value_gradient_stride + key_head * plan.head_size;
  }
  int64_t key_gradient_offset(int64_t j) const {
    return key_row(j) * plan.key_gradient_stride + key_head * plan.head_size;
  }

  const AttentionPlan<T>& plan;
  int64_t sentence, key_head, num_queries, num_keys, padded_keys;
};

// Rows (num_keys, size) that begin at from[offset(j)], transposed to (size, padded_keys).
template <class T, class A, class Offset>
void transpose_rows(const AttentionItem<T>& item, const T* from, Offset offset, A* to, Buffer<A>& row) {
  const int64_t size = item.plan.head_size, columns = item.padded_keys;
  std::fill(to, to + size * columns, A{0});
  for (int64_t j = 0; j < item.num_keys; ++j) {
    copy_row(from + offset(j), row.data(), size);
    for (int64_t k = 0; k < size; ++k) to[k * columns + j] = row[k];
  }
}

template <class T, class A, class Offset>
void gather_rows(const AttentionItem<T>& item, const T* from, Offset offset, A* to) {
  for (int64_t j = 0; j < item.num_keys; ++j)
    copy_row(from + offset(j), to + j * item.plan.head_size, item.plan.head_size);
}

// A table finds rows all over a cache: those of the next item are asked for while this one is computed.
template <class T>
void prefetch_rows(const AttentionItem<T>& item) {
  constexpr int64_t kLine = 64 / sizeof(T);
  for (int64_t j = 0; j < item.num_keys; ++j)
    for (int64_t k = 0; k < item.plan.head_size; k += kLine) {
      __builtin_prefetch(item.plan.key + item.key_offset(j) + k);
      __builtin_prefetch(item.plan.value + item.value_offset(j) + k);
    }
}

template <class T, class A>
void gather_key_bias(const AttentionItem<T>& item, Buffer<A>& to) {
  if (!item.plan.key_bias) return;
  to.clear();
  for (int64_t j = 0; j < item.num_keys; ++j)
    to[j] = item.plan.key_bias[item.key_row(j) * item.plan.num_key_heads + item.key_head];
}

}  // namespace
}  // namespace heed
