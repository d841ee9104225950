#pragma once

#include "kernels/cuda/element_bodies.h"
#include "kernels/plans.h"
#include "kernels/update_plans.h"

// Sums over rows without atomics: the order is fixed by the shapes alone, so a result has the same bits every time.
// Columns are summed in two steps: parts of the rows, then their sums, added to what is there.

namespace heed {

constexpr int64_t kColumnLanes = 32;  // members of a team beside each other in a row; the others take the rows after it

// What row `row` adds to the sums of columns first .. first + n - 1.
template <class T>
struct RowTerms {
  using Element = T;
  using A = ArithmeticOf<T>;
  static constexpr int kSums = 1;  // per column
  ColumnSumsPlan<T> plan;

  bool aligned() const { return plan.width % kVector<T> == 0 && is_aligned(plan.x); }

  template <int n>
  HEED_HOST_DEVICE void add(int64_t row, int64_t first, Items<A, n> (&sums)[kSums]) const {
    const auto values = load_items<n>(plan.x + row * plan.width + first);
    for (int k = 0; k < n; ++k) sums[0].at[k] += values.at[k];
  }
};

// Of a layer norm's parameters: gamma and beta.
template <class T>
struct LayerNormTerms {
  using Element = T;
  using A = ArithmeticOf<T>;
  static constexpr int kSums = 2;
  LayerNormPlan<T> plan;

  bool aligned() const { return plan.width % kVector<T> == 0 && is_aligned(plan.x) && is_aligned(plan.dy); }

  template <int n>
  HEED_HOST_DEVICE void add(int64_t row, int64_t first, Items<A, n> (&sums)[kSums]) const {
    const int64_t element = row * plan.width + first;
    const auto values = load_items<n>(plan.x + element), gradients = load_items<n>(plan.dy + element);
    const A mean = plan.stats[2 * row], rstd = plan.stats[2 * row + 1];
    for (int k = 0; k < n; ++k) {
      sums[0].at[k] += gradients.at[k] * ((values.at[k] - mean) * rstd);
      sums[1].at[k] += gradients.at[k];
    }
  }
};

// Where sums go: those of one kind one after another, and the next kind's into a place of their own.
template <class A>
struct SumTargets {
  A *first, *second;
  int64_t width;  // of each
  bool adds;      // to what is there

  HEED_HOST_DEVICE void put(int64_t column, A sum) const {
    A* target = column < width ? first + column : second + (column - width);
    if (column >= width && !second) return;  // nobody wants it
    *target = adds ? *target + sum : sum;
  }
};

// One block of columns of rows first_row .. last_row - 1 by one team of a multiple of kColumnLanes members. `shared`:
// as many elements as the team has members, times n kSums.
template <int n, class Terms, class Team>
HEED_HOST_DEVICE void column_sums(const Team& team, const Terms& terms, int64_t first_row, int64_t last_row,
                                  int64_t block, typename Terms::A* shared,
                                  const SumTargets<typename Terms::A>& targets) {
  using A = typename Terms::A;
  constexpr int64_t kOfMember = n * Terms::kSums;
  const int64_t lane = team.rank() % kColumnLanes, group = team.rank() / kColumnLanes,
                groups = team.size() / kColumnLanes;
  const int64_t column = (block * kColumnLanes + lane) * n;
  Items<A, n> sums[Terms::kSums]{};
  if (column < terms.plan.width)
    for (int64_t row = first_row + group; row < last_row; row += groups) terms.template add<n>(row, column, sums);
  for (int s = 0; s < Terms::kSums; ++s)
    for (int k = 0; k < n; ++k) shared[team.rank() * kOfMember + s * n + k] = sums[s].at[k];
  team.sync();
  // Each member adds up some of the groups' sums.
  for (int64_t i = team.rank(); i < kColumnLanes * kOfMember; i += team.size()) {
    const int64_t of_lane = i / kOfMember, s = i % kOfMember / n, k = i % n;
    const int64_t at = (block * kColumnLanes + of_lane) * n + k;
    if (at >= terms.plan.width) continue;
    A total = 0;
    for (int64_t g = 0; g < groups; ++g) total += shared[(g * kColumnLanes + of_lane) * kOfMember + s * n + k];
    targets.put(s * terms.plan.width + at, total);
  }
  team.sync();
}

// The gradient of a table by id, in two steps over the ids in sorted order (`order`: the row of `dy` each came from).
// An id's rows are a run; a run is cut wherever a multiple of kRunPiece lies. Items: (N, width).
constexpr int64_t kRunPiece = 32;

// Step 1: where a piece begins, sums[place][column] = sum of its rows, dropped as forward dropped them.
template <class T>
struct RunPieceSums {
  using A = ArithmeticOf<T>;
  ScatterPlan<T> plan;
  A* sums;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const auto [first, column] = place_of(i, plan.width);
    const int64_t id = plan.sorted_ids[first];
    if (first % kRunPiece != 0 && plan.sorted_ids[first - 1] == id) return;
    const int64_t next_cut = (first / kRunPiece + 1) * kRunPiece, last = next_cut < plan.rows ? next_cut : plan.rows;
    A total = 0;
    for (int64_t place = first; place < last && plan.sorted_ids[place] == id; ++place) {
      const int64_t element = plan.order[place] * plan.width + column;
      total += load_element(plan.dy + element) * keep_factor<A>(plan.dropout, stream_key(plan.dropout), element);
    }
    sums[i] = total;
  }
};

// Step 2: where a run begins, gradient[id][column] += scale * sum of its pieces.
template <class T>
struct AddRuns {
  using A = ArithmeticOf<T>;
  ScatterPlan<T> plan;
  const A* sums;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    const auto [first, column] = place_of(i, plan.width);
    const int64_t id = plan.sorted_ids[first];
    if (first != 0 && plan.sorted_ids[first - 1] == id) return;
    A total = sums[i];
    for (int64_t place = (first / kRunPiece + 1) * kRunPiece; place < plan.rows && plan.sorted_ids[place] == id;
         place += kRunPiece)
      total += sums[place * plan.width + column];
    plan.gradient[id * plan.width + column] += static_cast<A>(plan.scale) * total;
  }
};

// Items: the sums of squares; sum i takes elements i, i + num_sums, i + 2 num_sums, ...
template <class A>
struct SquaredSums {
  SquaredSumsPlan<A> plan;

  HEED_HOST_DEVICE void operator()(int64_t i) const {
    double total = 0;
    for (int64_t e = i; e < plan.size; e += plan.num_sums)
      total += static_cast<double>(plan.x[e]) * static_cast<double>(plan.x[e]);
    plan.sums[i] = total;
  }
};

}  // namespace heed
