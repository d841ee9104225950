// A vocabulary in training is minutes of a library that cannot be interrupted: a signal ends the process all the same,
// at once, and nothing half written is left.
#include <gtest/gtest.h>

#include <chrono>

#include "core/random.h"
#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using testing::Process;
using testing::ToyRun;

// Words that hardly repeat: there is much to merge.
std::string text_to_merge(int lines) {
  RandomStream random(random_key(1, Purpose::kToy));
  std::string text;
  for (int i = 0; i < lines * 12; ++i) {
    for (uint64_t length = 2 + random.below(10); length > 0; --length)
      text += static_cast<char>('a' + random.below(26));
    text += i % 12 == 11 ? '\n' : ' ';
  }
  return text;
}

struct Asked {
  const char* command;
  const char* type;
  int signal;
  int exit_code;
};

class VocabularySignal : public ::testing::TestWithParam<Asked> {};

TEST_P(VocabularySignal, EndsItAtOnceAndLeavesNothing) {
  constexpr std::chrono::seconds kWithin{10};  // of a loaded machine; alone it takes a tenth of a second
  const ToyRun toy;
  const std::string text = toy.scratch() / "text";
  put(text, text_to_merge(100'000));
  Process process(
      toy.command({GetParam().command, toy.config(), "--tokenizer.vocab_size=30000", "--data.train.source=" + text,
                   "--data.train.target=" + text, std::string("--tokenizer.type=") + GetParam().type}),
      toy.scratch());
  std::this_thread::sleep_for(std::chrono::seconds(3));  // nothing tells that the library has begun
  const auto asked = std::chrono::steady_clock::now();
  process.signal(GetParam().signal);
  const Ended ended = process.wait();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, kWithin);
  EXPECT_EQ(ended.exit_code, GetParam().exit_code) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(toy.directory())) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(toy.scratch() / "cache"));
}

INSTANTIATE_TEST_SUITE_P(
    Commands, VocabularySignal,
    ::testing::Values(Asked{"vocab", "bpe", SIGTERM, -SIGTERM}, Asked{"vocab", "unigram", SIGINT, -SIGINT},
                      Asked{"train", "bpe", SIGINT, 128 + SIGINT}, Asked{"train", "unigram", SIGTERM, 128 + SIGTERM}),
    [](const auto& row) {
      return std::string(row.param.command) + "_" + row.param.type + "_" + std::to_string(row.param.signal);
    });

}  // namespace
}  // namespace heed
