#include "config/device_name.h"

#include <algorithm>

#include "config/nearest_key.h"
#include "config/value.h"

namespace heed {
namespace {

// "cuda:1" for "gpu:1", "GPU1" or "1"; "" where nothing is near.
std::string device_meant(const std::string& device) {
  const std::string name = canonical(device);
  const std::string word = name.substr(0, name.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
  const size_t digit = name.find_first_of("0123456789");
  const std::string number = digit == std::string::npos ? "" : name.substr(digit);
  const bool is_gpu = word == "gpu" || word == "nvidia" || (word.empty() && !number.empty());
  const std::string kind(is_gpu ? "cuda" : nearest(word, device_words()));
  return is_device(kind + ":" + number) ? kind + ":" + number : kind;
}

}  // namespace

const std::vector<std::string_view>& device_words() {
  static const std::vector<std::string_view> kWords = {"auto", "cpu", "cuda"};
  return kWords;
}

bool is_device(const std::string& device) {
  const auto& words = device_words();
  if (std::find(words.begin(), words.end(), device) != words.end()) return true;
  if (!device.starts_with("cuda:")) return false;
  int64_t index = 0;
  return !read_scalar({device.substr(5)}, between(0, 127), index);
}

std::string device_expected(const std::string& device) {
  const std::string meant = device_meant(device);
  return "must be auto, cpu, cuda or cuda:N, got " + shown(device) +
         (meant.empty() ? "" : " (did you mean '" + meant + "'?)");
}

}  // namespace heed
