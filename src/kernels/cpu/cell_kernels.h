#pragma once

// Cells of recurrent networks, one row at a time. See kernels/recurrent_cell.h for the equations.

#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/element_kernels.h"
#include "kernels/cpu/lanes.h"

namespace heed {
namespace {

template <class A>
inline Lanes<A> hyperbolic_tangent(Lanes<A> x) {
  const auto negative = x < A{0};
  const Lanes<A> e = exponential((negative ? x : -x) * A{2});  // at most 1: no overflow
  const Lanes<A> t = (A{1} - e) / (A{1} + e);
  return negative ? -t : t;
}

// The gates of `count` units of a GRU row.
template <class T>
struct GruGates {
  using L = Lanes<Acc<T>>;
  GruGates(const GruPlan<T>& plan, int64_t row, int64_t i, int64_t count) {
    const int64_t width = plan.width;
    const T *x = plan.input_gates + row * 3 * width + i, *h = plan.hidden_gates + row * 3 * width + i;
    reset = sigmoid<Acc<T>>(load_up_to(x, count) + load_up_to(h, count));
    update = sigmoid<Acc<T>>(load_up_to(x + width, count) + load_up_to(h + width, count));
    hidden_new = load_up_to(h + 2 * width, count);
    fresh = hyperbolic_tangent<Acc<T>>(load_up_to(x + 2 * width, count) + reset * hidden_new);
    hidden = load_up_to(plan.hidden + row * width + i, count);
  }
  L reset, update, hidden_new, fresh, hidden;
};

template <class T>
void gru_forward(const GruPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  for (int64_t row = begin; row < end; ++row)
    for_lanes<A>(plan.width, [&](int64_t i, int64_t count) {
      const GruGates<T> g(plan, row, i, count);
      store_up_to(plan.output + row * plan.width + i, g.fresh + g.update * (g.hidden - g.fresh), count);
    });
}

template <class T>
void gru_backward(const GruPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  const int64_t width = plan.width;
  for (int64_t row = begin; row < end; ++row)
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const GruGates<T> g(plan, row, i, count);
      const Lanes<A> dy = load_up_to(plan.output_gradient + row * width + i, count);
      const Lanes<A> fresh = dy * (A{1} - g.update) * (A{1} - g.fresh * g.fresh);
      const Lanes<A> update = dy * (g.hidden - g.fresh) * g.update * (A{1} - g.update);
      const Lanes<A> reset = fresh * g.hidden_new * g.reset * (A{1} - g.reset);
      T *dx = plan.input_gradient + row * 3 * width + i, *dh = plan.hidden_gates_gradient + row * 3 * width + i;
      store_up_to(dx, reset, count);
      store_up_to(dx + width, update, count);
      store_up_to(dx + 2 * width, fresh, count);
      store_up_to(dh, reset, count);
      store_up_to(dh + width, update, count);
      store_up_to(dh + 2 * width, fresh * g.reset, count);
      store_up_to(plan.hidden_gradient + row * width + i, dy * g.update, count);
    });
}

// The gates of `count` units of an LSTM row.
template <class T>
struct LstmGates {
  using A = Acc<T>;
  using L = Lanes<A>;
  LstmGates(const LstmPlan<T>& plan, int64_t row, int64_t i, int64_t count) {
    const int64_t width = plan.width;
    const T *x = plan.input_gates + row * 4 * width + i, *h = plan.hidden_gates + row * 4 * width + i;
    const auto gate = [&](int64_t g) { return load_up_to(x + g * width, count) + load_up_to(h + g * width, count); };
    input = sigmoid<A>(gate(0));
    forget = sigmoid<A>(gate(1));
    fresh = hyperbolic_tangent<A>(gate(2));
    output = sigmoid<A>(gate(3));
    before = load_up_to(plan.cell + row * width + i, count);
    after = forget * before + input * fresh;
  }
  L input, forget, fresh, output, before, after;
};

template <class T>
void lstm_forward(const LstmPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  for (int64_t row = begin; row < end; ++row)
    for_lanes<A>(plan.width, [&](int64_t i, int64_t count) {
      const LstmGates<T> g(plan, row, i, count);
      store_up_to(plan.cell_output + row * plan.width + i, g.after, count);
      store_up_to(plan.output + row * plan.width + i, g.output * hyperbolic_tangent<A>(g.after), count);
    });
}

template <class T>
void lstm_backward(const LstmPlan<T>& plan, int64_t begin, int64_t end) {
  using A = Acc<T>;
  const int64_t width = plan.width;
  for (int64_t row = begin; row < end; ++row)
    for_lanes<A>(width, [&](int64_t i, int64_t count) {
      const LstmGates<T> g(plan, row, i, count);
      const Lanes<A> dy = load_up_to(plan.output_gradient + row * width + i, count);
      const Lanes<A> squashed = hyperbolic_tangent<A>(g.after);
      const Lanes<A> dc =
          load_up_to(plan.cell_output_gradient + row * width + i, count) + dy * g.output * (A{1} - squashed * squashed);
      T* out = plan.gates_gradient + row * 4 * width + i;
      store_up_to(out, dc * g.fresh * g.input * (A{1} - g.input), count);
      store_up_to(out + width, dc * g.before * g.forget * (A{1} - g.forget), count);
      store_up_to(out + 2 * width, dc * g.input * (A{1} - g.fresh * g.fresh), count);
      store_up_to(out + 3 * width, dy * squashed * g.output * (A{1} - g.output), count);
      store_up_to(plan.cell_gradient + row * width + i, dc * g.forget, count);
    });
}

}  // namespace
}  // namespace heed
