#pragma once

#include <cstdint>

#include "kernels/host_device.h"

// Who sees whom in attention: the only definition, for the reference, the CPU's kernels and the GPU's. Functions are
// static, not just inline: see dropout_hash.h.

namespace heed {

// A query has a position, and sees the keys of its sentence that are not too far from it. Of those `stride` away or
// further it sees each stride-th only (Child et al. 2019, section 4.3; both patterns merged
// in one head, section 5.1).
struct Reach {
  static constexpr int64_t kUnlimited = int64_t{1} << 40;  // adding a position to it does not overflow
  int64_t behind = kUnlimited, ahead = kUnlimited;
  int64_t stride = 1;

  bool operator==(const Reach&) const = default;
};

inline constexpr Reach kGlobalReach{};
inline constexpr Reach kCausalReach{.ahead = 0};

// Keys, or queries, first .. end - 1.
struct Span {
  int64_t first, end;
};

// Query i of a sentence stands at position first + i * step: i in a whole sentence, t for each of the rows that decode
// word t.
struct QueryPositions {
  int64_t first = 0, step = 1;

  bool operator==(const QueryPositions&) const = default;
};

// The query's position among the keys. One beyond the last key, as a long translation has, stands at the last one.
HEED_HOST_DEVICE static inline int64_t position_of(const QueryPositions& positions, int64_t query, int64_t num_keys) {
  const int64_t position = positions.first + query * positions.step;
  return position < num_keys ? position : num_keys - 1;
}

// The keys that a query at `position` sees, but for those that it skips. Never empty, unless there are no keys.
HEED_HOST_DEVICE static inline Span keys_seen(const Reach& reach, int64_t position, int64_t num_keys) {
  const int64_t first = position - reach.behind, end = position + reach.ahead + 1;
  return {first > 0 ? first : 0, end < num_keys ? end : num_keys};
}

// The same around a place that need be no key. Never empty where `behind` is at least 1 and the place is at most
// num_keys.
HEED_HOST_DEVICE static inline Span keys_around(const Reach& reach, double place, int64_t num_keys) {
  const double first = place - static_cast<double>(reach.behind), last = place + static_cast<double>(reach.ahead);
  const int64_t below = first > 0 ? static_cast<int64_t>(first) : 0;  // rounded down
  const bool is_key = first <= static_cast<double>(below);
  return {is_key ? below : below + 1,
          last < static_cast<double>(num_keys - 1) ? static_cast<int64_t>(last) + 1 : num_keys};
}

// All queries that see the key are among these. REQUIRES: positions of a whole sentence, or of one word.
HEED_HOST_DEVICE static inline Span queries_around(const Reach& reach, const QueryPositions& positions, int64_t key,
                                                   int64_t num_queries, int64_t num_keys) {
  if (positions.step == 0) return {0, num_queries};
  const int64_t first = key - reach.ahead - positions.first;
  const bool seen_to_the_end = key + reach.behind >= num_keys - 1;  // where queries beyond the last key stand
  const int64_t end = seen_to_the_end ? num_queries : key + reach.behind + 1 - positions.first;
  return {first > 0 ? first : 0, end < num_queries ? end : num_queries};
}

// The first key from `key` on, of those that keys_seen spans, that the query does not skip.
HEED_HOST_DEVICE static inline int64_t next_seen(const Reach& reach, int64_t position, int64_t key) {
  const int64_t ahead = key - position;
  if (ahead > -reach.stride && ahead < reach.stride) return key;
  return key + (ahead < 0 ? -ahead % reach.stride : (reach.stride - ahead % reach.stride) % reach.stride);
}

HEED_HOST_DEVICE static inline bool skips(const Reach& reach, int64_t position, int64_t key) {
  return next_seen(reach, position, key) != key;
}

}  // namespace heed
