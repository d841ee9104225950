#pragma once

#include <algorithm>
#include <initializer_list>

#include "kernels/cuda/element_bodies.h"

// One step of a GRU or LSTM, elements first .. first + n - 1 of the states (R, width) by one thread: items<n>(first).
// The equations stand in kernels/recurrent_cell.h.

namespace heed {

// Gates lie side by side in a row; state element `first` has its own at gate(0) + from, gate(1) + from, ...
struct GatePlace {
  HEED_HOST_DEVICE GatePlace(int64_t first, int64_t state_width, int64_t count) : width(state_width) {
    const auto [row, column] = place_of(first, width);
    from = row * count * width + column;
  }
  HEED_HOST_DEVICE int64_t gate(int64_t number) const { return from + number * width; }

  int64_t width, from;
};

inline bool cells_are_aligned(int64_t width, int vector, std::initializer_list<const void*> tensors) {
  return width % vector == 0 && std::all_of(tensors.begin(), tensors.end(), is_aligned);
}

template <class T, int n>
struct GruItems {
  using A = ArithmeticOf<T>;

  HEED_HOST_DEVICE GruItems(const GruPlan<T>& plan, const GatePlace& place, int64_t first) {
    const auto x_reset = load_items<n>(plan.input_gates + place.gate(0)),
               h_reset = load_items<n>(plan.hidden_gates + place.gate(0));
    const auto x_update = load_items<n>(plan.input_gates + place.gate(1)),
               h_update = load_items<n>(plan.hidden_gates + place.gate(1));
    const auto x_fresh = load_items<n>(plan.input_gates + place.gate(2));
    hidden_fresh = load_items<n>(plan.hidden_gates + place.gate(2));
    hidden = load_items<n>(plan.hidden + first);
    for (int k = 0; k < n; ++k) {
      reset.at[k] = sigmoid_of(x_reset.at[k] + h_reset.at[k]);
      update.at[k] = sigmoid_of(x_update.at[k] + h_update.at[k]);
      fresh.at[k] = std::tanh(x_fresh.at[k] + reset.at[k] * hidden_fresh.at[k]);
    }
  }

  Items<A, n> reset, update, fresh, hidden_fresh, hidden;
};

template <class T>
struct GruForward {
  using Element = T;
  GruPlan<T> plan;

  bool aligned() const {
    return cells_are_aligned(plan.width, kVector<T>, {plan.input_gates, plan.hidden_gates, plan.hidden, plan.output});
  }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    const GruItems<T, n> g(plan, GatePlace(first, plan.width, 3), first);
    Items<ArithmeticOf<T>, n> output;
    for (int k = 0; k < n; ++k) output.at[k] = g.fresh.at[k] + g.update.at[k] * (g.hidden.at[k] - g.fresh.at[k]);
    store_items<n>(plan.output + first, output);
  }
};

template <class T>
struct GruBackward {
  using Element = T;
  GruPlan<T> plan;

  bool aligned() const {
    return cells_are_aligned(plan.width, kVector<T>,
                             {plan.input_gates, plan.hidden_gates, plan.hidden, plan.output_gradient,
                              plan.input_gradient, plan.hidden_gates_gradient, plan.hidden_gradient});
  }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    using A = ArithmeticOf<T>;
    const GatePlace place(first, plan.width, 3);
    const GruItems<T, n> g(plan, place, first);
    const auto dy = load_items<n>(plan.output_gradient + first);
    Items<A, n> reset, update, fresh, hidden_fresh, hidden;
    for (int k = 0; k < n; ++k) {
      const A r = g.reset.at[k], z = g.update.at[k], c = g.fresh.at[k];
      fresh.at[k] = dy.at[k] * (A{1} - z) * (A{1} - c * c);
      update.at[k] = dy.at[k] * (g.hidden.at[k] - c) * z * (A{1} - z);
      reset.at[k] = fresh.at[k] * g.hidden_fresh.at[k] * r * (A{1} - r);
      hidden_fresh.at[k] = fresh.at[k] * r;
      hidden.at[k] = dy.at[k] * z;
    }
    store_items<n>(plan.input_gradient + place.gate(0), reset);
    store_items<n>(plan.input_gradient + place.gate(1), update);
    store_items<n>(plan.input_gradient + place.gate(2), fresh);
    store_items<n>(plan.hidden_gates_gradient + place.gate(0), reset);
    store_items<n>(plan.hidden_gates_gradient + place.gate(1), update);
    store_items<n>(plan.hidden_gates_gradient + place.gate(2), hidden_fresh);
    store_items<n>(plan.hidden_gradient + first, hidden);
  }
};

template <class T, int n>
struct LstmItems {
  using A = ArithmeticOf<T>;

  HEED_HOST_DEVICE LstmItems(const LstmPlan<T>& plan, const GatePlace& place, int64_t first) {
    const auto sum = [&](int64_t number) {
      auto x = load_items<n>(plan.input_gates + place.gate(number));
      const auto h = load_items<n>(plan.hidden_gates + place.gate(number));
      for (int k = 0; k < n; ++k) x.at[k] += h.at[k];
      return x;
    };
    input = sum(0);
    forget = sum(1);
    fresh = sum(2);
    output = sum(3);
    before = load_items<n>(plan.cell + first);
    for (int k = 0; k < n; ++k) {
      input.at[k] = sigmoid_of(input.at[k]);
      forget.at[k] = sigmoid_of(forget.at[k]);
      fresh.at[k] = std::tanh(fresh.at[k]);
      output.at[k] = sigmoid_of(output.at[k]);
      after.at[k] = forget.at[k] * before.at[k] + input.at[k] * fresh.at[k];
    }
  }

  Items<A, n> input, forget, fresh, output, before, after;
};

template <class T>
struct LstmForward {
  using Element = T;
  LstmPlan<T> plan;

  bool aligned() const {
    return cells_are_aligned(plan.width, kVector<T>,
                             {plan.input_gates, plan.hidden_gates, plan.cell, plan.output, plan.cell_output});
  }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    const LstmItems<T, n> g(plan, GatePlace(first, plan.width, 4), first);
    Items<ArithmeticOf<T>, n> hidden;
    for (int k = 0; k < n; ++k) hidden.at[k] = g.output.at[k] * std::tanh(g.after.at[k]);
    store_items<n>(plan.output + first, hidden);
    store_items<n>(plan.cell_output + first, g.after);
  }
};

template <class T>
struct LstmBackward {
  using Element = T;
  LstmPlan<T> plan;

  bool aligned() const {
    return cells_are_aligned(plan.width, kVector<T>,
                             {plan.input_gates, plan.hidden_gates, plan.cell, plan.output_gradient,
                              plan.cell_output_gradient, plan.gates_gradient, plan.cell_gradient});
  }

  template <int n>
  HEED_HOST_DEVICE void items(int64_t first) const {
    using A = ArithmeticOf<T>;
    const GatePlace place(first, plan.width, 4);
    const LstmItems<T, n> g(plan, place, first);
    const auto dy = load_items<n>(plan.output_gradient + first),
               dcell = load_items<n>(plan.cell_output_gradient + first);
    Items<A, n> input, forget, fresh, output, cell;
    for (int k = 0; k < n; ++k) {
      const A i = g.input.at[k], f = g.forget.at[k], c = g.fresh.at[k], o = g.output.at[k];
      const A squashed = std::tanh(g.after.at[k]);
      const A dc = dcell.at[k] + dy.at[k] * o * (A{1} - squashed * squashed);
      input.at[k] = dc * c * i * (A{1} - i);
      forget.at[k] = dc * g.before.at[k] * f * (A{1} - f);
      fresh.at[k] = dc * i * (A{1} - c * c);
      output.at[k] = dy.at[k] * squashed * o * (A{1} - o);
      cell.at[k] = dc * f;
    }
    store_items<n>(plan.gates_gradient + place.gate(0), input);
    store_items<n>(plan.gates_gradient + place.gate(1), forget);
    store_items<n>(plan.gates_gradient + place.gate(2), fresh);
    store_items<n>(plan.gates_gradient + place.gate(3), output);
    store_items<n>(plan.cell_gradient + first, cell);
  }
};

}  // namespace heed
