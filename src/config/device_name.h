#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heed {

// What run.device and --device may say.
bool is_device(const std::string& device);  // auto, cpu, cuda or cuda:N

// Those without a number.
const std::vector<std::string_view>& device_words();

// What is wrong with a text that is no device: "must be auto, cpu, cuda or cuda:N, got 'gpu' (did you mean 'cuda'?)".
std::string device_expected(const std::string& device);

}  // namespace heed
