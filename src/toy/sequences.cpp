#include "toy/sequences.h"

#include <algorithm>
#include <vector>

namespace heed {
namespace {

constexpr int kShortest = 3, kLongest = 12, kNumbers = 50;

std::string spaced(const std::vector<int>& numbers) {
  std::string text;
  for (int number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

}  // namespace

SequencePair sequence_pair(Draws& draws, SequenceTask task) {
  std::vector<int> numbers(draws.between(kShortest, kLongest));
  for (int& number : numbers) number = draws.between(0, kNumbers - 1);
  SequencePair pair{spaced(numbers), ""};
  if (task == SequenceTask::kReverse) std::reverse(numbers.begin(), numbers.end());
  if (task == SequenceTask::kSort) std::sort(numbers.begin(), numbers.end());
  pair.target = spaced(numbers);
  return pair;
}

}  // namespace heed
