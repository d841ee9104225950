#include "system/bad_input.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;

std::string with_directory(std::string word, const std::string& directory) {
  for (size_t at; (at = word.find('@')) != std::string::npos;) word.replace(at, 1, directory);
  return word;
}

}  // namespace

TEST_P(EveryBadInput, IsOneLineWithTheDocumentedExitCode) {
  const BadInput& bad = GetParam();
  const std::string directory = toy().scratch().path().string() + "/";
  if (!bad.file.empty()) put(toy().scratch() / bad.file, bad.bytes);
  std::vector<std::string> words;
  for (const std::string& word : bad.command) words.push_back(with_directory(word, directory));
  const Ended ended = toy().heed(words);
  EXPECT_EQ(ended.exit_code, bad.exit_code) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(with_directory(bad.message, directory)));
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(toy().directory() + "/checkpoints/step-00000040"));
}

}  // namespace heed
