#pragma once

// One query of a (sentence, key head), and the keys that it sees.

#include <algorithm>

#include "kernels/cpu/attention_item.h"

namespace heed {
namespace {

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

}  // namespace
}  // namespace heed
