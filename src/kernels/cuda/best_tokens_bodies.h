#pragma once

#include "kernels/cuda/row_bodies.h"
#include "kernels/plans.h"

// The best tokens of a row of logits by one team (kernels/best_tokens.h). Every member knows the best of its own
// columns that is not yet listed; the best of these is listed, and only the member that had it looks again.

namespace heed {

template <class T>
struct BestTokensRow {
  using Element = T;
  using A = ArithmeticOf<T>;
  BestTokensPlan<T> plan;

  bool aligned() const { return plan.vocabulary_size % kVector<T> == 0 && is_aligned(plan.logits); }

  template <int n, class Team>
  HEED_HOST_DEVICE void row(const Team& team, int64_t row) const {
    const T* own = plan.logits + row * plan.vocabulary_size;
    const A log_normaliser = log_sum<n>(team, own);
    Choice listed{static_cast<A>(HUGE_VAL), -1}, mine = best_after<n>(team, own, listed);
    for (int64_t i = 0; i < plan.count; ++i) {
      const A top = team.max(mine.logit);
      const A id = -team.max(mine.logit == top ? static_cast<A>(-mine.token) : static_cast<A>(kMinusInfinity));
      const bool any = top > static_cast<A>(kMinusInfinity);
      listed = {top, any ? static_cast<int64_t>(id) : -1};
      if (team.rank() == 0) {
        plan.log_probs[row * plan.count + i] = any ? static_cast<float>(top - log_normaliser) : -HUGE_VALF;
        plan.tokens[row * plan.count + i] = static_cast<int32_t>(listed.token);
      }
      if (any && mine.token == listed.token) mine = best_after<n>(team, own, listed);
    }
  }

 private:
  struct Choice {
    A logit;
    int64_t token;
  };

  HEED_HOST_DEVICE bool is_forbidden(int64_t token) const {
    for (size_t i = 0; i < plan.num_forbidden; ++i)
      if (plan.forbidden[i] == token) return true;
    return false;
  }

  template <int n, class Team>
  HEED_HOST_DEVICE A log_sum(const Team& team, const T* own) const {
    ExponentialSum<A> exponentials;
    for_columns<n>(team, plan.vocabulary_size, [&](int64_t i) { exponentials.add(load_items<n>(own + i)); });
    const A max = team.max(exponentials.top);
    return max + std::log(exponentials.of_team(team, max));
  }

  // The best of the member's columns among those that come after `listed`.
  template <int n, class Team>
  HEED_HOST_DEVICE Choice best_after(const Team& team, const T* own, Choice listed) const {
    Choice best{static_cast<A>(kMinusInfinity), plan.vocabulary_size};
    for_columns<n>(team, plan.vocabulary_size, [&](int64_t i) {
      const auto values = load_items<n>(own + i);
      for (int k = 0; k < n; ++k) {
        const A value = values.at[k];
        const bool comes_after = value < listed.logit || (value == listed.logit && i + k > listed.token);
        if (comes_after && value > best.logit && !is_forbidden(i + k)) best = {value, i + k};
      }
    });
    return best;
  }
};

}  // namespace heed
