#include "tensor/device.h"

#include <ATen/Context.h>
#include <fmt/format.h>
#ifdef HEED_CUDA
#include <ATen/cuda/CUDAContext.h>
#endif

#include <charconv>
#include <fstream>
#include <optional>

#include "core/error.h"
#include "core/logging.h"

namespace heed {
namespace {

#ifdef HEED_CUDA
constexpr bool kBuiltWithCuda = true;
constexpr int kLowestCapability = HEED_LOWEST_CAPABILITY;  // 80 for 8.0

struct Gpu {
  std::string name;
  int capability = 0;  // 90 for 9.0
};

Gpu gpu(int64_t number) {
  const cudaDeviceProp* properties = at::cuda::getDeviceProperties(static_cast<c10::DeviceIndex>(number));
  return {properties->name, 10 * properties->major + properties->minor};
}
#else
constexpr bool kBuiltWithCuda = false;
constexpr int kLowestCapability = 0;

struct Gpu {
  std::string name;
  int capability = 0;
};

Gpu gpu(int64_t) { return {}; }
#endif

int64_t num_gpus() { return at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0; }

std::string capability_text(int capability) { return fmt::format("{}.{}", capability / 10, capability % 10); }

// Empty where this build runs on it.
std::string why_not(int64_t number) {
  const Gpu found = gpu(number);
  if (found.capability >= kLowestCapability) return "";
  return fmt::format(
      "cuda:{} ({}) has compute capability {}, this heed is built for {} and newer "
      "(-DCMAKE_CUDA_ARCHITECTURES)",
      number, found.name, capability_text(found.capability), capability_text(kLowestCapability));
}

c10::Device gpu_device(int64_t number) { return {c10::kCUDA, static_cast<c10::DeviceIndex>(number)}; }

c10::Device automatic_device() {
  for (int64_t number = 0; number < num_gpus(); ++number) {
    const std::string reason = why_not(number);
    if (reason.empty()) return gpu_device(number);
    log_warning(reason + ": not used");
  }
  return {c10::kCPU};
}

// The N of "cuda" and "cuda:N".
std::optional<int64_t> gpu_number(const std::string& text) {
  if (text == "cuda") return 0;
  if (!text.starts_with("cuda:")) return std::nullopt;
  int number = 0;
  const char *first = text.data() + 5, *last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, number);
  return error == std::errc() && end == last && number >= 0 ? std::optional<int64_t>(number) : std::nullopt;
}

}  // namespace

c10::Device resolve_device(const std::string& text, const std::string& origin) {
  if (text == "cpu") return {c10::kCPU};
  if (text == "auto") return automatic_device();
  const std::optional<int64_t> number = gpu_number(text);
  if (!number) throw ConfigError(fmt::format("{}: expected auto, cpu, cuda or cuda:N, found '{}'", origin, text));
  if (!kBuiltWithCuda)
    throw ConfigError(
        fmt::format("{}: '{}' asked for, but this heed is built without CUDA; use cpu, or run scripts/setup.sh --cuda "
                    "and build again",
                    origin, text));
  const int64_t count = num_gpus();
  if (*number >= count)
    throw ConfigError(fmt::format("{}: '{}' asked for, but {} found; use cpu or auto", origin, text,
                                  count == 0   ? "no CUDA device was"
                                  : count == 1 ? "only 1 CUDA device was"
                                               : fmt::format("only {} CUDA devices were", count)));
  const std::string reason = why_not(*number);
  if (!reason.empty()) throw ConfigError(origin + ": " + reason);
  return gpu_device(*number);
}

c10::Device resolve_device(const std::string& text, const std::string& origin, const std::string& preferred) {
  const std::optional<int64_t> number = gpu_number(preferred);
  const bool is_here = preferred == "cpu" || (number && *number < num_gpus() && why_not(*number).empty());
  return resolve_device(text == "auto" && is_here ? preferred : text, origin);
}

std::string cuda_version() {
  if (!kBuiltWithCuda) return "none (built for the CPU)";
  const int64_t version = at::detail::getCUDAHooks().versionCUDART();  // 13000 for 13.0
  return fmt::format("{}.{}{}", version / 1000, version % 1000 / 10, num_gpus() > 0 ? "" : " (no GPU found)");
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string gpu_name(c10::Device device) { return device.is_cpu() ? "" : gpu(device.index()).name; }

}  // namespace heed
