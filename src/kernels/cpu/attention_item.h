#pragma once

// Where the rows of one (sentence, head) lie, and the working memory they are copied to.

#include <algorithm>
#include <new>

#include "kernels/cpu/cpu_kernels.h"
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

template <class T>
struct AttentionScratch {
  using A = Acc<T>;
  // Columns are padded to whole vectors; padding is zero and masked out of every softmax.
  AttentionScratch(int64_t max_length, int64_t size, bool backward)
      : columns((max_length + kLanes<A> - 1) / kLanes<A> * kLanes<A>),
        keys_transposed(size * columns),
        values(columns * size),
        query(size),
        weights(columns),
        row(size),
        keys(backward ? columns * size : 0),
        values_transposed(backward ? size * columns : 0),
        score_gradient(backward ? columns : 0),
        key_gradient(backward ? columns * size : 0),
        value_gradient(backward ? columns * size : 0) {}

  int64_t columns;
  Buffer<A> keys_transposed, values, query, weights, row;
  Buffer<A> keys, values_transposed, score_gradient, key_gradient, value_gradient;  // backward only
};

template <class From, class To>
inline void copy_row(const From* from, To* to, int64_t size) {
  for_lanes<Acc<To>>(size, [&](int64_t i, int64_t count) { store_up_to(to + i, load_up_to(from + i, count), count); });
}

// One (sentence, head): where its rows are and how many.
template <class T>
struct AttentionItem {
  AttentionItem(const AttentionPlan<T>& all, int64_t item)
      : plan(all),
        sentence(item / all.num_heads),
        head(item % all.num_heads),
        num_queries(all.query_lengths[sentence]),
        num_keys(all.key_lengths[sentence]),
        padded_keys((num_keys + kLanes<Acc<T>> - 1) / kLanes<Acc<T>> * kLanes<Acc<T>>) {}

  int64_t query_row(int64_t i) const { return plan.query_starts[sentence] + i; }
  int64_t key_row(int64_t j) const {
    const int64_t row = plan.key_starts[sentence] + j;
    return plan.key_rows ? plan.key_rows[row] : row;
  }
  int64_t query_offset(int64_t i) const { return query_row(i) * plan.query_stride + head * plan.head_size; }
  int64_t key_offset(int64_t j) const { return key_row(j) * plan.key_stride + head * plan.head_size; }
  int64_t output_offset(int64_t i) const { return query_row(i) * plan.output_stride + head * plan.head_size; }
  int64_t visible(int64_t i) const { return plan.causal ? num_keys - num_queries + i + 1 : num_keys; }

  // Dropout of the weight of key j for query i; each (query row, head) has a stream of its own.
  uint64_t dropout_key(int64_t i) const {
    return attention_dropout_key(plan.dropout.key, query_row(i), head, plan.num_heads);
  }

  const AttentionPlan<T>& plan;
  int64_t sentence, head, num_queries, num_keys, padded_keys;
};

// rows (num_keys, size) at offset(j) of `from`, transposed to (size, padded_keys)
template <class T, class A>
void transpose_rows(const AttentionItem<T>& item, const T* from, A* to, Buffer<A>& row) {
  const int64_t size = item.plan.head_size, columns = item.padded_keys;
  std::fill(to, to + size * columns, A{0});
  for (int64_t j = 0; j < item.num_keys; ++j) {
    copy_row(from + item.key_offset(j), row.data(), size);
    for (int64_t k = 0; k < size; ++k) to[k * columns + j] = row[k];
  }
}

template <class T, class A>
void gather_rows(const AttentionItem<T>& item, const T* from, A* to) {
  for (int64_t j = 0; j < item.num_keys; ++j)
    copy_row(from + item.key_offset(j), to + j * item.plan.head_size, item.plan.head_size);
}

}  // namespace
}  // namespace heed
