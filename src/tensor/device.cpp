#include "tensor/device.h"

#include <ATen/Context.h>
#include <fmt/format.h>

#include <charconv>
#include <fstream>

#include "core/error.h"

namespace heed {
namespace {

#ifdef HEED_CUDA
constexpr bool kBuiltWithCuda = true;
#else
constexpr bool kBuiltWithCuda = false;
#endif

int64_t num_cuda_devices() {
  if (!at::globalContext().hasCUDA()) return 0;
  return at::detail::getCUDAHooks().deviceCount();
}

}  // namespace

c10::Device resolve_device(const std::string& text, const std::string& origin) {
  if (text == "cpu") return c10::Device(c10::kCPU);
  if (text == "auto") return num_cuda_devices() > 0 ? c10::Device(c10::kCUDA, 0) : c10::Device(c10::kCPU);
  int number = 0;
  bool known = text == "cuda";
  if (text.starts_with("cuda:")) {
    const char *first = text.data() + 5, *last = text.data() + text.size();
    const auto [end, error] = std::from_chars(first, last, number);
    known = error == std::errc() && end == last && number >= 0;
  }
  if (!known) throw ConfigError(fmt::format("{}: expected auto, cpu, cuda or cuda:N, found '{}'", origin, text));
  if (!kBuiltWithCuda)
    throw ConfigError(
        fmt::format("{}: '{}' asked for, but this heed is built without CUDA; use cpu, or run scripts/setup.sh --cuda "
                    "and build again",
                    origin, text));
  const int64_t count = num_cuda_devices();
  if (number >= count)
    throw ConfigError(fmt::format(
        "{}: '{}' asked for, but {} found; use cpu or auto", origin, text,
        count == 0 ? "no CUDA device was" : fmt::format("only {} CUDA device{} were", count, count == 1 ? "" : "s")));
  return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(number));
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

}  // namespace heed
