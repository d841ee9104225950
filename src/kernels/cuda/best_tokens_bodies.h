#pragma once

#include "kernels/best_tokens.h"
#include "kernels/cuda/row_bodies.h"

// The best tokens of a row of logits by one team (kernels/best_tokens.h). Every member knows the best of its own
// columns that is not yet listed; the best of these is listed, and only the member that had it looks again.

namespace heed {

struct ForbiddenTokens {
  int64_t ids[kMostForbidden];
  int64_t count;

  HEED_HOST_DEVICE bool contain(int64_t token) const {
    for (int64_t i = 0; i < count; ++i)
      if (ids[i] == token) return true;
    return false;
  }
};

template <class T>
struct BestTokensRow {
  using Element = T;
  using A = ArithmeticOf<T>;
  const T* logits;  // (R, V)
  int64_t vocabulary_size, count;
  ForbiddenTokens forbidden;
  float* log_probs;  // (R, count)
  int32_t* tokens;

  bool aligned() const { return vocabulary_size % kVector<T> == 0 && is_aligned(logits); }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t row) const {
    const T* own = logits + row * vocabulary_size;
    const A log_normaliser = log_sum<n>(team, own);
    Choice listed{static_cast<A>(HUGE_VAL), -1}, mine = best_after<n>(team, own, listed);
    for (int64_t i = 0; i < count; ++i) {
      const A top = team.max(mine.logit);
      const A id = -team.max(mine.logit == top ? static_cast<A>(-mine.token) : static_cast<A>(kMinusInfinity));
      const bool any = top > static_cast<A>(kMinusInfinity);
      listed = {top, any ? static_cast<int64_t>(id) : -1};
      if (team.rank() == 0) {
        log_probs[row * count + i] = any ? static_cast<float>(top - log_normaliser) : -HUGE_VALF;
        tokens[row * count + i] = static_cast<int32_t>(listed.token);
      }
      if (any && mine.token == listed.token) mine = best_after<n>(team, own, listed);
    }
  }

 private:
  struct Choice {
    A logit;
    int64_t token;
  };

  template <int n, class Team>
  HEED_HOST_DEVICE A log_sum(const Team& team, const T* own) const {
    ExponentialSum<A> exponentials;
    for_columns<n>(team, vocabulary_size, [&](int64_t i) { exponentials.add(load_items<n>(own + i)); });
    const A max = team.max(exponentials.top);
    return max + std::log(exponentials.of_team(team, max));
  }

  // The best of the member's columns among those that come after `listed`.
  template <int n, class Team>
  HEED_HOST_DEVICE Choice best_after(const Team& team, const T* own, Choice listed) const {
    Choice best{static_cast<A>(kMinusInfinity), vocabulary_size};
    for_columns<n>(team, vocabulary_size, [&](int64_t i) {
      const auto values = load_items<n>(own + i);
      for (int k = 0; k < n; ++k) {
        const A value = values.at[k];
        const bool comes_after = value < listed.logit || (value == listed.logit && i + k > listed.token);
        if (comes_after && value > best.logit && !forbidden.contain(i + k)) best = {value, i + k};
      }
    });
    return best;
  }
};

}  // namespace heed
