#pragma once

// Where the rows of one (sentence, key head) lie, and the working memory they are copied to.

#include <algorithm>

#include "kernels/attention_plan.h"
#include "kernels/cpu/buffer.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/transpose.h"

namespace heed {
namespace {

template <class A>
inline int64_t whole_lanes(int64_t columns) {
  return (columns + kLanes<A> - 1) / kLanes<A> * kLanes<A>;
}

// Queries that are computed together.
constexpr int64_t kQueryBlock = 12;
// So few of a sentence, those of a decoding step, are over before a copy of their keys and values would pay.
constexpr int kFewQueries = 6;

// Rows and columns are padded to whole vectors; the padding of scores is masked out of every softmax.
template <class T>
struct AttentionScratch {
  using A = Acc<T>;
  AttentionScratch(const AttentionPlan<T>& plan, bool backward)
      : AttentionScratch(whole_lanes<A>(plan.max_key_length), whole_lanes<A>(plan.head_size), plan.key_bias, backward) {
  }

  Buffer<A> keys_transposed, values, queries, weights, rows, key_bias;
  Buffer<A> keys, values_transposed, score_gradient, key_gradient, value_gradient, key_bias_gradient;  // backward only

 private:
  AttentionScratch(int64_t columns, int64_t size, bool biased, bool backward)
      : keys_transposed(size * columns),
        values(backward ? 0 : columns * size),
        queries(kQueryBlock * size),
        weights(kQueryBlock * columns),
        rows(kQueryBlock * size),
        key_bias(biased ? columns : 0),
        keys(backward ? columns * size : 0),
        values_transposed(backward ? size * columns : 0),
        score_gradient(backward ? kQueryBlock * columns : 0),
        key_gradient(backward ? columns * size : 0),
        value_gradient(backward ? columns * size : 0),
        key_bias_gradient(backward && biased ? columns : 0) {}
};

// Up to whole vectors of zeros.
template <class T, class A>
inline void copy_padded(const T* from, A* to, int64_t size) {
  for_lanes<A>(size, [&](int64_t i, int64_t count) { store(to + i, load_up_to(from + i, count)); });
}

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
        padded_keys(whole_lanes<Acc<T>>(num_keys)),
        padded_size(whole_lanes<Acc<T>>(all.head_size)) {}

  // Forward, keys and values stay where they lie.
  bool is_in_place() const { return num_queries <= kFewQueries && padded_size == plan.head_size; }

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
  int64_t sentence, key_head, num_queries, num_keys, padded_keys, padded_size;
};

// Rows (num_keys, size) that begin at from[offset(j)], transposed to (size, padded_keys).
template <class T, class A, class Offset>
void transpose_rows(const AttentionItem<T>& item, const T* from, Offset offset, A* to) {
  for (int64_t j = 0; j < item.num_keys; j += kLanes<A>) {
    const int64_t keys = std::min<int64_t>(kLanes<A>, item.num_keys - j);
    for_lanes<A>(item.plan.head_size, [&](int64_t k, int64_t count) {
      Lanes<A> square[kLanes<A>];
#pragma GCC unroll 16
      for (int i = 0; i < kLanes<A>; ++i)
        square[i] = i < keys ? load_up_to(from + offset(j + i) + k, count) : Lanes<A>{};
      transpose<A>(square);
#pragma GCC unroll 16
      for (int i = 0; i < kLanes<A>; ++i)
        if (i < count) store(to + (k + i) * item.padded_keys + j, square[i]);
    });
  }
}

template <class T, class A, class Offset>
void gather_rows(const AttentionItem<T>& item, const T* from, Offset offset, A* to) {
  for (int64_t j = 0; j < item.num_keys; ++j)
    copy_padded(from + offset(j), to + j * item.padded_size, item.plan.head_size);
}

template <class T>
inline void prefetch_row(const T* row, int64_t size) {
  constexpr int64_t kLine = 64 / sizeof(T);
  for (int64_t k = 0; k < size; k += kLine) __builtin_prefetch(row + k);
}

// Rows of a head are short pieces that no hardware foresees: those of the next item are asked for while this one is
// computed.
template <class T>
void prefetch_rows(const AttentionItem<T>& item, bool backward) {
  const AttentionPlan<T>& plan = item.plan;
  for (int64_t j = 0; j < item.num_keys; ++j) {
    prefetch_row(plan.key + item.key_offset(j), plan.head_size);
    prefetch_row(plan.value + item.value_offset(j), plan.head_size);
  }
  const int64_t heads = plan.num_heads / plan.num_key_heads * plan.head_size, column = item.key_head * heads;
  for (int64_t i = 0; i < item.num_queries; ++i) {
    const int64_t row = plan.query_starts[item.sentence] + i;
    prefetch_row(plan.query + row * plan.query_stride + column, heads);
    if (backward) prefetch_row(plan.output_gradient + row * plan.output_stride + column, heads);
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
