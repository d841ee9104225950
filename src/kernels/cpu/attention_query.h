#pragma once

// The queries of a (sentence, key head), and the keys that they see.

#include <algorithm>

#include "kernels/cpu/attention_item.h"
#include "kernels/dropout_hash.h"

namespace heed {
namespace {

// Some queries of an item, by one of the heads that share the key head: query first_query of the sentence and the
// following ones. A reach with a stride has one query in a block.
template <class T>
struct QueryBlock {
  QueryBlock(const AttentionItem<T>& of, int64_t of_head, int64_t first_of_queries, int64_t num_queries)
      : item(of), head(of_head), first_query(first_of_queries), count(num_queries) {
    const auto seen_by = [&](int64_t i) {
      return keys_seen(of.plan.reach, position_of(of.plan.positions, i, of.num_keys), of.num_keys);
    };
    seen = {seen_by(first_query).first, seen_by(first_query + count - 1).end};
    first = seen.first / kLanes<Acc<T>> * kLanes<Acc<T>>;
    columns = whole_lanes<Acc<T>>(seen.end) - first;
  }

  const AttentionItem<T>& item;
  int64_t head, first_query, count;
  Span seen;               // by one of them at least: positions ascend
  int64_t first, columns;  // whole vectors around these keys
};

// One query of a block.
template <class T>
struct AttentionQuery {
  AttentionQuery(const QueryBlock<T>& block, int64_t i)
      : item(block.item),
        head(block.head),
        row(item.plan.query_starts[item.sentence] + block.first_query + i),
        position(position_of(item.plan.positions, block.first_query + i, item.num_keys)),
        seen(keys_seen(item.plan.reach, position, item.num_keys)),
        first(block.first),
        columns(block.columns) {}

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
  int64_t first, columns;  // whole vectors around the keys that its block sees
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

// Calls body(i, its query) for every query of a block.
template <class T, class Body>
void for_queries(const QueryBlock<T>& block, Body body) {
  for (int64_t i = 0; i < block.count; ++i) body(i, AttentionQuery<T>(block, i));
}

// Calls body(first, count) for runs of keys that hold all those seen in the block.
template <class T, class Body>
void for_seen(const QueryBlock<T>& block, Body body) {
  if (block.item.plan.reach.stride == 1) return body(block.seen.first, block.seen.end - block.seen.first);
  for_seen(AttentionQuery<T>(block, 0), body);
}

// Calls body(block) for all queries of every head that shares the item's key head.
template <class T, class Body>
void for_blocks(const AttentionItem<T>& item, Body body) {
  const int64_t sharing = item.plan.num_heads / item.plan.num_key_heads;
  const int64_t size = item.plan.reach.stride == 1 ? kQueryBlock : 1;
  for (int64_t head = item.key_head * sharing; head < (item.key_head + 1) * sharing; ++head)
    for (int64_t i = 0; i < item.num_queries; i += size)
      body(QueryBlock<T>(item, head, i, std::min(size, item.num_queries - i)));
}

}  // namespace
}  // namespace heed
