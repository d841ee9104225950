#include "cli/version_text.h"

#include <fmt/format.h>
#include <torch/version.h>

#include "core/version.h"
#include "tensor/device.h"

namespace heed {
std::string version_text() {
  return fmt::format("heed {}\nLibTorch {}\nCUDA {}\nsentencepiece {}", kVersion, TORCH_VERSION, cuda_version(),
                     kSentencepieceVersion);
}

}  // namespace heed
