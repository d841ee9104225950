#include "eval/lower_case.h"

#include <algorithm>
#include <iterator>

#include "eval/lower_case_table.h"

namespace heed {
namespace {

constexpr char32_t kSigma = 0x3A3, kSmallSigma = 0x3C3, kFinalSigma = 0x3C2;
constexpr char32_t kDottedI = 0x130, kDotAbove = 0x307;

char32_t lower(char32_t c) {
  if (c < 0x80) return c >= U'A' && c <= U'Z' ? c + 32 : c;
  const CaseRange* range = range_before(kLowerCase, c);
  if (range == nullptr || c > range->last || (c - range->first) % static_cast<char32_t>(range->step) != 0) return c;
  return static_cast<char32_t>(static_cast<int32_t>(c) + range->distance);
}

// Whether the first character of [begin, end) that counts is a letter.
template <class Iterator>
bool begins_with_letter(Iterator begin, Iterator end) {
  const auto counts = std::find_if(begin, end, [](char32_t c) { return !is_among(kCaseIgnorable, c); });
  return counts != end && is_among(kCased, *counts);
}

}  // namespace

std::u32string lower_case(std::u32string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (auto at = text.begin(); at != text.end(); ++at) {
    if (*at == kSigma) {
      const bool ends_word =
          begins_with_letter(std::make_reverse_iterator(at), text.rend()) && !begins_with_letter(at + 1, text.end());
      result.push_back(ends_word ? kFinalSigma : kSmallSigma);
    } else if (*at == kDottedI) {
      result.append({U'i', kDotAbove});
    } else {
      result.push_back(lower(*at));
    }
  }
  return result;
}

}  // namespace heed
