#pragma once

#include <c10/core/Device.h>

#include <string>

namespace heed {

// The device that "auto" (the first GPU that this build can run on, else cpu), "cpu", "cuda" or "cuda:N" means on this
// machine. ConfigError naming `origin` ("run.device") for other words, for a device that is not there, and for a GPU of
// a generation that this build has no code for.
c10::Device resolve_device(const std::string& text, const std::string& origin);

// The same, but what "auto" means is `preferred` ("cuda:0", from another machine's config) where that is here.
c10::Device resolve_device(const std::string& text, const std::string& origin, const std::string& preferred);

// Of the CUDA that this build works with, "13.0"; in words where there is none, or no GPU.
std::string cuda_version();

// The kinds of device, e.g. "AMD EPYC" and "NVIDIA H100 80GB HBM3": results of two kinds may differ in their last bits.
std::string cpu_name();
std::string gpu_name(c10::Device device);  // "" for the CPU

}  // namespace heed
