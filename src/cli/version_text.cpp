#include "cli/version_text.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <fmt/format.h>
#include <torch/version.h>

#include "core/version.h"

namespace heed {
namespace {

std::string cuda_version() {
#ifdef HEED_CUDA
  const at::CUDAHooksInterface& cuda = at::detail::getCUDAHooks();
  const int64_t version = cuda.versionCUDART();  // 13000 for 13.0
  return fmt::format("{}.{}{}", version / 1000, version % 1000 / 10, cuda.hasCUDA() ? "" : " (no GPU found)");
#else
  return "none (built for the CPU)";
#endif
}

}  // namespace

std::string version_text() {
  return fmt::format("heed {}\nLibTorch {}\nCUDA {}\nsentencepiece {}", kVersion, TORCH_VERSION, cuda_version(),
                     kSentencepieceVersion);
}

}  // namespace heed
