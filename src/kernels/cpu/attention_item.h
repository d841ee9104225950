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

// One query of an item: query i of the sentence, by one of the heads that share the key head.
template <class T>
struct AttentionQuery {
  AttentionQuery(const AttentionItem<T>& of, int64_t i, int64_t of_head)
      : item(of),
        head(of_head),
        row(of.plan.query_starts[of.sentence] + i),
        position(position_of(of.plan.positions, i, of.num_keys)),
        seen(keys_seen(of.plan.reach, position, of.num_keys)),
        first(seen.first / kLanes<Acc<T>> * kLanes<Acc<T>>),
        columns(whole_lanes<Acc<T>>(seen.end) - first) {}

  int64_t query_offset() const { return row * item.plan.query_stride + head * item.plan.head_size; }
  int64_t query_gradient_offset() const { return row * item.plan.query_gradient_stride + head * item.plan.head_size; }
  int64_t output_offset() const { return row * item.plan.output_stride + head * item.plan.head_size; }
  // Where the distance of key j stands in a table (heads, distances).
  int64_t distance_offset(int64_t j) const {
    return head * item.plan.distances + item.plan.distances / 2 + j - position;
  }
  // Dropout of the weight of key j; each (query row, head) has a stream of its own.
  uint64_t dropout_key() const { return attention_dropout_key(item.plan.dropout.key, row, head, item.plan.num_heads); }

  const AttentionItem<T>& item;
  int64_t head, row, position;
  Span seen;
  int64_t first, columns;  // whole vectors around the keys seen
};

// Calls body(first, count) for each run of keys that the query sees.
template <class T, class Body>
void for_seen(const AttentionQuery<T>& query, Body body) {
  const Reach& reach = query.item.plan.reach;
  const Span& seen = query.seen;
  if (reach.stride == 1) return body(seen.first, seen.end - seen.first);
  const auto next = [&](int64_t key) { return next_seen(reach, query.position, key); };
  for (int64_t first = next(seen.first), end; first < seen.end; first = next(end)) {
    const bool near = first > query.position - reach.stride && first < query.position + reach.stride;
    end = near ? std::min(query.position + reach.stride, seen.end) : first + 1;
    body(first, end - first);
  }
}

// Calls body(first, columns) for the whole vectors around these runs, neighbours as one.
template <class T, class Body>
void for_vector_runs(const AttentionQuery<T>& query, Body body) {
  constexpr int64_t kWidth = kLanes<Acc<T>>;
  if (query.item.plan.reach.stride == 1) return body(query.first, query.columns);
  int64_t begin = 0, end = 0;
  for_seen(query, [&](int64_t first, int64_t count) {
    const int64_t lower = first / kWidth * kWidth, upper = whole_lanes<Acc<T>>(first + count);
    if (lower > end && end > begin) body(begin, end - begin);
    if (lower > end || end == begin) begin = lower;
    end = upper;
  });
  if (end > begin) body(begin, end - begin);
}

// Calls body(column) for each of these vectors.
template <class T, class Body>
void for_vectors(const AttentionQuery<T>& query, Body body) {
  for_vector_runs(query, [&](int64_t first, int64_t columns) {
    for (int64_t j = first; j < first + columns; j += kLanes<Acc<T>>) body(j);
  });
}

// Calls body(query) for every query of every head that shares the item's key head.
template <class T, class Body>
void for_queries(const AttentionItem<T>& item, Body body) {
  const int64_t sharing = item.plan.num_heads / item.plan.num_key_heads;
  for (int64_t head = item.key_head * sharing; head < (item.key_head + 1) * sharing; ++head)
    for (int64_t i = 0; i < item.num_queries; ++i) body(AttentionQuery<T>(item, i, head));
}

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

template <class T, class A>
void gather_key_bias(const AttentionItem<T>& item, Buffer<A>& to) {
  if (!item.plan.key_bias) return;
  to.clear();
  for (int64_t j = 0; j < item.num_keys; ++j)
    to[j] = item.plan.key_bias[item.key_row(j) * item.plan.num_key_heads + item.key_head];
}

}  // namespace
}  // namespace heed
