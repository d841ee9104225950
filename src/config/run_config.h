#pragma once

#include <string>

#include "config/field.h"

namespace heed {

// `auto` becomes bf16 on a GPU and on a CPU whose products are clearly faster in it, else fp32; the decision is written
// into the run's config.yaml.
enum class Precision { kAuto, kFp32, kBf16 };
constexpr auto enum_names(Precision) {
  return std::to_array<EnumName<Precision>>(
      {{Precision::kAuto, "auto"}, {Precision::kFp32, "fp32"}, {Precision::kBf16, "bf16"}});
}

struct RunConfig {
  std::string directory;
  int64_t seed = 1;
  std::string device = "auto";
  Precision precision = Precision::kAuto;
  int64_t threads = 0;
  bool cuda_graphs = true;
  std::string cpu, gpu_name;

  bool operator==(const RunConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("directory", &RunConfig::directory, "where the run keeps its checkpoints and logs; training needs it");
    visit("seed", &RunConfig::seed, "of every random draw", at_least(0));
    visit("device", &RunConfig::device, "auto, cpu, cuda or cuda:N");
    visit("precision", &RunConfig::precision,
          "of the matrix products, weights are always kept in fp32; auto: bf16 on a GPU, and on a CPU that is faster "
          "with it");
    visit("threads", &RunConfig::threads, "CPU threads; 0: one per core", between(0, 1024));
    visit("cuda_graphs", &RunConfig::cuda_graphs,
          "launch an update's kernels on a GPU all at once; the same bits without, more slowly, in less memory");
    visit("cpu", &RunConfig::cpu, "kind of CPU the run began on; written by training");
    visit("gpu_name", &RunConfig::gpu_name, "kind of GPU the run began on, empty without one; written by training");
  }
};

}  // namespace heed
