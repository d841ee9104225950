#include "cli/library_text.h"

#include <string_view>

namespace heed {
namespace {

std::string asked_for_too_much(std::string_view where, std::string_view amount) {
  if (amount.ends_with('.')) amount.remove_suffix(1);
  return std::string(kNoMemory).append(where).append(": ").append(amount) +
         " were asked for at once; a smaller model or smaller batches need less";
}

}  // namespace

std::string library_text(const std::string& message) {
  const std::string_view text = message;
  const auto between = [&](std::string_view before, std::string_view after) {
    const size_t begin = text.find(before) + before.size();
    return text.substr(begin, text.find(after, begin) - begin);
  };
  const auto says = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  if (says("you tried to allocate ")) return asked_for_too_much("", between("you tried to allocate ", ". "));
  if (text.starts_with("CUDA out of memory") && says("Tried to allocate "))
    return asked_for_too_much(" on the GPU", between("Tried to allocate ", ". "));
  if (says("could not create a primitive") || says("could not execute a primitive")) return kNoMemory;  // oneDNN's
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace heed
