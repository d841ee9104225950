#include "toy/corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "support/file_faults.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> result;
  for (std::string word; stream >> word;) result.push_back(word);
  return result;
}

std::string without_mark(std::string word) {
  while (!word.empty() && std::string_view(".,?").find(word.back()) != std::string_view::npos) word.pop_back();
  return word;
}

ToyLine translation_line(int64_t line, ToySplit split = ToySplit::kTrain) {
  return toy_line(ToyTask::kTranslation, 1, split, line);
}

class EveryTask : public testing::TestWithParam<ToyTask> {};
INSTANTIATE_TEST_SUITE_P(Toy, EveryTask,
                         testing::Values(ToyTask::kTranslation, ToyTask::kSummary, ToyTask::kCopy, ToyTask::kReverse,
                                         ToyTask::kSort),
                         [](const auto& task) { return toy_task_names()[static_cast<size_t>(task.param)]; });

TEST_P(EveryTask, ALineIsAFunctionOfSeedSplitAndNumber) {
  const ToyLine line = toy_line(GetParam(), 7, ToySplit::kTrain, 123);
  toy_line(GetParam(), 7, ToySplit::kTrain, 5);  // what else is drawn does not matter
  EXPECT_EQ(toy_line(GetParam(), 7, ToySplit::kTrain, 123).source, line.source);
  EXPECT_NE(toy_line(GetParam(), 8, ToySplit::kTrain, 123).source, line.source);
  EXPECT_NE(toy_line(GetParam(), 7, ToySplit::kTrain, 124).source, line.source);
  EXPECT_NE(toy_line(GetParam(), 7, ToySplit::kTest, 123).source, line.source);
}

TEST_P(EveryTask, NoHeldOutSourceOccursInTraining) {
  std::unordered_set<std::string> train;
  for (int64_t i = 0; i < 20000; ++i) train.insert(toy_line(GetParam(), 1, ToySplit::kTrain, i).source);
  for (int64_t i = 0; i < kHeldOutLines; ++i) {
    EXPECT_FALSE(train.contains(toy_line(GetParam(), 1, ToySplit::kValidation, i).source));
    EXPECT_FALSE(train.contains(toy_line(GetParam(), 1, ToySplit::kTest, i).source));
  }
}

TEST_P(EveryTask, TheTargetIsAFunctionOfTheSource) {
  std::unordered_map<std::string, std::string> target;
  for (int64_t i = 0; i < 30000; ++i) {
    const ToyLine line = toy_line(GetParam(), i % 3, ToySplit::kTrain, i);
    const auto [entry, is_new] = target.try_emplace(line.source, line.target);
    EXPECT_EQ(entry->second, line.target) << line.source;
  }
}

TEST_P(EveryTask, WritesItsFilesAndTheSameBytesAgain) {
  const ScratchDirectory scratch;
  const ToySuffixes suffixes = toy_suffixes(GetParam());
  std::set<std::string> expected = {"README.md"};
  for (const std::string split : {"train.", "validation.", "test."}) {
    expected.insert(split + suffixes.source);
    expected.insert(split + suffixes.target);
    if (GetParam() == ToyTask::kTranslation) expected.insert(split + "align");
  }
  EXPECT_EQ(write_toy_corpus(GetParam(), scratch / "a/b", 50, 3).size(), expected.size());
  EXPECT_EQ(names_in(scratch / "a/b"), expected);
  write_toy_corpus(GetParam(), scratch / "longer", 60, 3);
  const std::string train = std::string("train.") + suffixes.source;
  const std::string shorter = contents(scratch / "a/b" / train), longer = contents(scratch / "longer" / train);
  EXPECT_EQ(std::count(shorter.begin(), shorter.end(), '\n'), 50);
  EXPECT_EQ(longer.substr(0, shorter.size()), shorter);
  EXPECT_EQ(contents(scratch / "longer" / ("test." + std::string(suffixes.target))),
            contents(scratch / "a/b" / ("test." + std::string(suffixes.target))));
}

TEST(ToyCorpus, AFullDiskIsADataErrorThatNamesTheFile) {
  const ScratchDirectory scratch;
  const auto write = [&] { write_toy_corpus(ToyTask::kCopy, scratch / "corpus", 10, 1); };
  const int operations = count_operations(write);
  int refused = 0;
  for (int n = 1; n <= operations; ++n) {
    try {
      fail_operation(n, ENOSPC, write);
    } catch (const DataError& error) {
      ++refused;
      EXPECT_NE(std::string(error.what()).find(scratch.path().string()), std::string::npos) << error.what();
    }
  }
  EXPECT_GT(refused, 7);  // at least one operation of each file
}

TEST(Sequences, TargetsAreWhatTheTaskSays) {
  for (int64_t i = 0; i < 200; ++i) {
    const ToyLine copy = toy_line(ToyTask::kCopy, 1, ToySplit::kTrain, i);
    EXPECT_EQ(copy.source, copy.target);
    const ToyLine reverse = toy_line(ToyTask::kReverse, 1, ToySplit::kTrain, i);
    std::vector<std::string> backwards = words(reverse.source);
    std::reverse(backwards.begin(), backwards.end());
    EXPECT_EQ(words(reverse.target), backwards);
    const ToyLine sort = toy_line(ToyTask::kSort, 1, ToySplit::kTrain, i);
    std::vector<std::string> sorted = words(sort.source);
    std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return std::stoi(a) < std::stoi(b); });
    EXPECT_EQ(words(sort.target), sorted);
    EXPECT_GE(sorted.size(), 3u);
    EXPECT_LE(sorted.size(), 12u);
  }
}

// Names, dates and amounts are what a model must carry over: they stand in the body, word for word.
TEST(Mail, EverySpecificOfTheSubjectStandsInTheBody) {
  for (int64_t i = 0; i < 2000; ++i) {
    const ToyLine line = toy_line(ToyTask::kSummary, 1, ToySplit::kTrain, i);
    for (const std::string& word : words(line.target)) {
      const bool specific = word.find_first_of("0123456789$") != std::string::npos || word.back() == '.';
      if (!specific) continue;
      EXPECT_NE(line.source.find(word), std::string::npos) << word << " in: " << line.source;
    }
  }
}

TEST(Translation, IsRichEnoughToNeedAttention) {
  constexpr int64_t kLines = 20000;
  std::unordered_set<std::string> english_types, german_types, sentences;
  size_t english_count = 0, german_count = 0;
  for (int64_t i = 0; i < kLines; ++i) {
    const ToyLine line = translation_line(i);
    sentences.insert(line.source);
    const auto english = words(line.source), german = words(line.target);
    english_count += english.size();
    german_count += german.size();
    for (const std::string& word : english) english_types.insert(without_mark(word));
    for (const std::string& word : german) german_types.insert(without_mark(word));
    EXPECT_GE(std::min(english.size(), german.size()), 6u);
    EXPECT_LE(std::max(english.size(), german.size()), 25u);
  }
  EXPECT_GE(english_types.size(), 500u);
  EXPECT_GE(german_types.size(), 500u);
  EXPECT_GE(static_cast<double>(english_count) / kLines, 10);
  EXPECT_GE(static_cast<double>(german_count) / kLines, 10);
  // n draws from M equally likely sentences repeat n^2 / 2M times: this few repetitions mean millions.
  EXPECT_GE(sentences.size(), kLines - 20);
}

TEST(Translation, LooksLikeRawText) {
  for (int64_t i = 0; i < 5000; ++i) {
    const ToyLine line = translation_line(i);
    for (const std::string& text : {line.source, line.target}) {
      EXPECT_TRUE(text.back() == '.' || text.back() == '?') << text;
      EXPECT_FALSE(text[0] >= 'a' && text[0] <= 'z') << text;
      for (const char* wrong : {"  ", " ,", ",,", ",.", ",?", " ."})
        EXPECT_EQ(text.find(wrong), std::string::npos) << text;
    }
  }
}

TEST(Translation, EveryWordIsAlignedButKnownInsertions) {
  for (int64_t i = 0; i < 5000; ++i) {
    const ToyLine line = translation_line(i);
    const auto english = words(line.source), german = words(line.target);
    std::set<int> english_seen, german_seen;
    for (const auto& [source, target] : line.alignment) {
      ASSERT_TRUE(source >= 0 && source < static_cast<int>(english.size()));
      ASSERT_TRUE(target >= 0 && target < static_cast<int>(german.size()));
      english_seen.insert(source);
      german_seen.insert(target);
    }
    EXPECT_EQ(english_seen.size(), english.size()) << line.source;
    for (int j = 0; j < static_cast<int>(german.size()); ++j) {
      if (german_seen.contains(j)) continue;
      EXPECT_EQ(without_mark(german[j]), "Jahr") << line.target;  // "im Jahr 1987"
    }
  }
}

// Is word `at` of the source linked to a German word with this stem?
bool joined(const ToyLine& line, size_t at, const std::string& stem) {
  const auto german = words(line.target);
  return std::any_of(line.alignment.begin(), line.alignment.end(), [&](const auto& link) {
    return link.first == static_cast<int>(at) && german[link.second].find(stem) != std::string::npos;
  });
}

// Words that have one translation only, wherever they stand: what the alignment joins must be that pair (stems
// without a first letter that may be a capital).
TEST(Translation, TheAlignmentJoinsTranslations) {
  const std::unordered_map<std::string, std::string> expected = {
      {"Monday", "Montag"}, {"because", "eil"}, {"although", "bwohl"}, {"very", "sehr"},   {"kitchen", "Küche"},
      {"children", "Kind"}, {"often", "oft"},   {"opened", "mach"},    {"without", "hne"}, {"bicycle", "Fahrrad"}};
  size_t checked = 0;
  for (int64_t i = 0; i < 10000; ++i) {
    const ToyLine line = translation_line(i);
    const auto english = words(line.source);
    for (const auto& [word, stem] : expected) {
      for (size_t at = 0; at < english.size(); ++at) {
        if (without_mark(english[at]) != word) continue;
        EXPECT_TRUE(joined(line, at, stem)) << word << ": " << line.target;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 1000u);
}

}  // namespace
}  // namespace heed
