#pragma once

#include <torch/csrc/autograd/profiler_kineto.h>

#include <set>
#include <string>

namespace heed::testing {

// Runs `work` and writes a trace of PyTorch's profiler to `file`, of a GPU's kernels too where it is on one.
template <class Work>
void profiled(const std::string& file, bool on_cuda, Work work) {
  using torch::profiler::impl::ActivityType;
  const torch::profiler::impl::ProfilerConfig options(torch::profiler::impl::ProfilerState::KINETO);
  std::set<ActivityType> activities{ActivityType::CPU};
  if (on_cuda) activities.insert(ActivityType::CUDA);
  torch::autograd::profiler::prepareProfiler(options, activities);
  torch::autograd::profiler::enableProfiler(options, activities);
  work();
  torch::autograd::profiler::disableProfiler()->save(file);
}

}  // namespace heed::testing
