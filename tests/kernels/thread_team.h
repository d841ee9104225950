#pragma once

#include <algorithm>
#include <barrier>
#include <thread>
#include <vector>

namespace heed::testing {

// A team of CPU threads for the bodies of the CUDA kernels (kernels/cuda/team.h): what a warp does, and it too goes
// wrong where a body forgets to wait.
class ThreadTeam {
 public:
  struct Shared {
    explicit Shared(int count) : size(count), barrier(count), values(static_cast<size_t>(count)) {}
    int size;
    std::barrier<> barrier;
    std::vector<double> values;
  };

  ThreadTeam(Shared& shared, int rank) : shared_(shared), rank_(rank) {}

  int rank() const { return rank_; }
  int size() const { return shared_.size; }
  void sync() const { shared_.barrier.arrive_and_wait(); }

  template <class A>
  A sum(A x) const {
    return reduce(x, 0, size(), 1, [](A a, A b) { return a + b; });
  }
  template <class A>
  A max(A x) const {
    return reduce(x, 0, size(), 1, [](A a, A b) { return a > b ? a : b; });
  }
  template <class A>
  A sum_of_neighbours(A x, int size) const {
    const int first = rank_ / size * size;
    return reduce(x, first, first + size, 1, [](A a, A b) { return a + b; });
  }
  template <class A>
  A sum_across(A x, int size) const {
    return reduce(x, rank_ % size, this->size(), size, [](A a, A b) { return a + b; });
  }

 private:
  // Of members first, first + step, ... before `last`.
  template <class A, class Operation>
  A reduce(A x, int first, int last, int step, Operation operation) const {
    shared_.values[static_cast<size_t>(rank_)] = static_cast<double>(x);
    sync();
    const auto of = [&](int member) { return static_cast<A>(shared_.values[static_cast<size_t>(member)]); };
    A result = of(first);
    for (int i = first + step; i < last; i += step) result = operation(result, of(i));
    sync();
    return result;
  }

  Shared& shared_;
  int rank_;
};

// body(team) by every member of a team of `size` threads.
template <class Body>
void run_team(int size, Body body) {
  ThreadTeam::Shared shared(size);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) threads.emplace_back([&, rank] { body(ThreadTeam(shared, rank)); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace heed::testing
