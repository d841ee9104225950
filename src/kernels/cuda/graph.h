#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace heed::cuda {

// A stream of the thread's own, current while this lives: only such a stream can be captured. The same one for all of a
// thread, one within the other too. Nothing on the CPU.
class OwnStream {
 public:
  explicit OwnStream(c10::Device device);
  static bool in_use();  // by this thread
  ~OwnStream();
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

 private:
  struct Guard;
  std::unique_ptr<Guard> guard_;
};

// The scratch memory of a few graphs; none of them may rely on what another one's run has left in it. Outlives none of
// its graphs' captures: once all graphs of a pool are gone it is of no use any more.
class GraphPool {
 public:
  GraphPool();

 private:
  friend class Graph;
  std::pair<uint64_t, uint64_t> id_;
};

// Kernels that were launched once one by one and are launched together from then on, over the same memory: a CUDA
// graph.
class Graph {
 public:
  Graph();
  ~Graph();
  Graph(Graph&&) noexcept;
  Graph& operator=(Graph&&) noexcept;

  // Launches what `work` launches, now and at every replay(). `work` must have run once before with the same sizes, on
  // the same OwnStream, and may neither wait for the device nor copy from memory that changes or goes. If it throws,
  // nothing was launched.
  void capture(const GraphPool& pool, const std::function<void()>& work);
  void replay();
  bool is_captured() const { return graph_ != nullptr; }

 private:
  struct Captured;
  std::unique_ptr<Captured> graph_;
};

// Gives the GPU memory back that LibTorch keeps for later.
void release_cached_memory();

}  // namespace heed::cuda
