// Lines of megabytes without a space, of characters that no piece knows: what sentencepiece needs for one grows with
// its square, so that every command cuts them first, and says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using testing::ToyRun;

constexpr const char* kCut = "lines cut to 65,536 characters (data.max_characters)";

std::string long_line() {
  std::string line;
  for (int i = 0; i < 2'000'000; ++i) line += "\u6F22";
  return line;
}

class LongLine : public ::testing::Test {
 protected:
  void SetUp() override {
    put(long_, "a b c\n" + long_line() + "\n");
    put(short_, "a b c\nb a\n");
    ASSERT_EQ(toy_.train(kBpe).exit_code, 0);
  }

  const std::vector<std::string> kBpe = {"--tokenizer.type=bpe", "--tokenizer.vocab_size=60", "--train.max_steps=5"};
  ToyRun toy_;
  const std::string long_ = toy_.scratch() / "long", short_ = toy_.scratch() / "short";
};

TEST_F(LongLine, IsCutByEveryCommandOfAModel) {
  const std::string run = toy_.directory();
  const std::vector<std::vector<std::string>> commands = {
      {"translate", run, "-i", long_},
      {"score", run, "--source", long_, "--target", short_},
      {"score", run, "--source", short_, "--target", long_},
      {"evaluate", run, "--source", long_, "--reference", short_},
  };
  for (const auto& command : commands) {
    const Ended ended = toy_.heed(command);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(std::string("1 ") + kCut)) << command[0];
  }
}

TEST_F(LongLine, IsNoTrainingTextAndCounted) {
  const std::vector<std::string> options = {"--overwrite",
                                            "--train.max_steps=5",
                                            "--tokenizer.type=bpe",
                                            "--tokenizer.source_model=" + toy_.directory() + "/latest/tokenizer.model",
                                            "--data.train.source=" + long_,
                                            "--data.train.target=" + short_};
  const Ended trained = toy_.train(options);
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err,
              HasSubstr("kept 1 of 2 pairs; dropped 1 pairs: 1 longer than 256 tokens; 1 of these have more "
                        "than 65,536 characters (data.max_characters), the rest left unread"));
}

TEST_F(LongLine, IsReadInPartsByTheVocabulary) {
  const Ended ended = toy_.heed({"vocab", toy_.config(), "--tokenizer.type=bpe", "--tokenizer.vocab_size=12",
                                 "--data.train.source=" + long_, "--data.train.target=" + short_});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
}

}  // namespace
}  // namespace heed
