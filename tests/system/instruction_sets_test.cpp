// HEED_CPU: every instruction set that this CPU has, in every precision, gives a line one answer whatever its company.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/instruction_set.h"
#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using testing::ToyRun;

class InstructionSets : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    toy = new ToyRun("reverse", "40");
    ASSERT_EQ(toy->train({"--quiet", "--train.max_steps=30"}).exit_code, 0);
    std::string lines;
    for (int i = 0; i < 50; ++i) lines += std::to_string(i * i * 31) + " " + std::to_string(i) + "\n";
    put(source(), lines);
  }
  static void TearDownTestSuite() { delete toy; }

  static std::string source() { return toy->scratch() / "lines"; }
  static Ended heed_on(const std::string& set, const std::vector<std::string>& words) {
    setenv("HEED_CPU", set.c_str(), 1);
    const Ended ended = toy->heed(words);
    unsetenv("HEED_CPU");
    return ended;
  }
  static std::string translations(const std::string& set, const std::string& precision, const std::string& batch_tokens,
                                  const std::string& threads) {
    const Ended ended = heed_on(
        set, {"translate", toy->directory(), "-i", source(), "--format", "jsonl", "--decode.precision=" + precision,
              "--decode.batch_tokens=" + batch_tokens, "--threads", threads, "--quiet"});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return ended.out;
  }

  static inline ToyRun* toy = nullptr;
};

TEST_F(InstructionSets, GiveALineTheSameBitsInEveryPrecisionWhateverItsBatch) {
  for (int set = 0; set <= static_cast<int>(instruction_set()); ++set) {
    const std::string name = kInstructionSetNames[static_cast<size_t>(set)];
    for (const std::string precision : {"fp32", "bf16", "int8"}) {
      const std::string alone = translations(name, precision, "1", "1");
      EXPECT_THAT(alone, HasSubstr("translation"));
      for (const auto& [batch_tokens, threads] : {std::pair("40", "2"), std::pair("4096", "4")})
        EXPECT_EQ(translations(name, precision, batch_tokens, threads), alone)
            << name << " " << precision << " " << batch_tokens;
    }
  }
}

TEST_F(InstructionSets, ThatAreNotThereAreNamed) {
  const Ended ended = heed_on("sse9", {"translate", toy->directory(), "-i", source()});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("HEED_CPU: expected an instruction set of this CPU (baseline"));
  EXPECT_THAT(ended.err, HasSubstr("found 'sse9'"));
}

}  // namespace
}  // namespace heed
