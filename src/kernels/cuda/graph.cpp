#include "kernels/cuda/graph.h"

#include <c10/util/Exception.h>

#include <map>

#ifdef HEED_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace heed::cuda {

#ifdef HEED_CUDA

namespace {

// One for each device: libraries keep a workspace for each stream that they have met.
c10::cuda::CUDAStream own_stream(c10::DeviceIndex device) {
  thread_local std::map<c10::DeviceIndex, c10::cuda::CUDAStream> streams;
  const auto found = streams.find(device);
  if (found != streams.end()) return found->second;
  return streams.emplace(device, c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device)).first->second;
}

thread_local int own_streams = 0;

}  // namespace

struct OwnStream::Guard {
  explicit Guard(c10::Device device) : stream(own_stream(device.index())) { ++own_streams; }
  ~Guard() { --own_streams; }
  c10::cuda::CUDAStreamGuard stream;
};

bool OwnStream::in_use() { return own_streams > 0; }

OwnStream::OwnStream(c10::Device device) {
  if (!device.is_cuda()) return;
  const c10::cuda::CUDAGuard on(device);
  c10::cuda::device_synchronize();  // what other streams have begun is done
  guard_ = std::make_unique<Guard>(device);
}

OwnStream::~OwnStream() {
  if (guard_) C10_CUDA_CHECK_WARN(cudaStreamSynchronize(guard_->stream.current_stream()));
}

struct Graph::Captured {
  at::cuda::CUDAGraph graph;
};

namespace {

// Of what has failed: the stream is to be of use again.
void end_quietly(at::cuda::CUDAGraph& graph) {
  try {
    graph.capture_end();
  } catch (const c10::Error&) {  // it says once more that the capture is not whole
  }
}

}  // namespace

void release_cached_memory() { c10::cuda::CUDACachingAllocator::emptyCache(); }

GraphPool::GraphPool() : id_(at::cuda::graph_pool_handle()) {}

void Graph::capture(const GraphPool& pool, const std::function<void()>& work) {
  auto captured = std::make_unique<Captured>();
  // Other threads go on with what a capture would forbid them, such as pinning memory for the batches to come.
  captured->graph.capture_begin(pool.id_, cudaStreamCaptureModeThreadLocal);
  try {
    work();
  } catch (...) {
    end_quietly(captured->graph);
    throw;
  }
  captured->graph.capture_end();
  graph_ = std::move(captured);
  replay();
}

void Graph::replay() { graph_->graph.replay(); }

#else

struct OwnStream::Guard {};
bool OwnStream::in_use() { return false; }
OwnStream::OwnStream(c10::Device) {}
OwnStream::~OwnStream() = default;
struct Graph::Captured {};
void release_cached_memory() {}
GraphPool::GraphPool() = default;
void Graph::capture(const GraphPool&, const std::function<void()>&) {
  TORCH_CHECK(false, "this build has no CUDA graphs");
}
void Graph::replay() {}

#endif

Graph::Graph() = default;
Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;

}  // namespace heed::cuda
