#pragma once

#include <c10/core/Device.h>

#include <string>

namespace heed {

// The device that "auto" (cuda:0 where there is one, else cpu), "cpu", "cuda" or "cuda:N" means on this machine.
// ConfigError naming `origin` ("run.device") for other words and for a device that is not there.
c10::Device resolve_device(const std::string& text, const std::string& origin);

// The CPU's own name, e.g. "AMD EPYC": results of two kinds of CPU may differ in their last bits.
std::string cpu_name();

}  // namespace heed
