#include <gmock/gmock.h>

#include "checkpoint/run_directory.h"
#include "cli/commands.h"
#include "core/error.h"
#include "support/scratch_directory.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

using ::testing::HasSubstr;

// A run of four checkpoints, the best ones at steps 1 and 3 by BLEU, 2 and 4 by loss.
class AverageCommand : public ::testing::Test {
 protected:
  AverageCommand() {
    run_.create();
    const Checkpoint checkpoint =
        testing::checkpoint_of(testing::tiny_model(testing::tiny_config()), testing::shared_tokenizers());
    for (int64_t step = 1; step <= 4; ++step) write_checkpoint(run_.checkpoint(step), checkpoint);
    put(run_.validations_file(),
        "step\tepoch\tloss\tperplexity\tbleu\tbest\n1\t1\t4.0\t1\t30.0\t1\n2\t1\t1.0\t1\t10.0\t0\n"
        "3\t1\t3.0\t1\t20.0\t0\n4\t1\t2.0\t1\t15.0\t0\n");
  }

  std::string averaged(std::vector<std::string> words) const {
    words.insert(words.begin(), {"average", run_.path().string(), "-o", (scratch_ / "out").string(), "--force"});
    CLI::App app;
    add_average_command(app);
    std::reverse(words.begin(), words.end());
    app.parse(words);
    return contents(scratch_ / "out" / "state.json");
  }

  ScratchDirectory scratch_;
  RunDirectory run_{scratch_ / "run"};
};

TEST_F(AverageCommand, TakesTheLastOrTheBestByAnyColumn) {
  EXPECT_THAT(averaged({"--last", "2"}), HasSubstr("[\"step-00000003\", \"step-00000004\"]"));
  EXPECT_THAT(averaged({"--best", "2"}), HasSubstr("[\"step-00000001\", \"step-00000003\"]"));
  EXPECT_THAT(averaged({"--best", "2", "--metric", "loss"}), HasSubstr("[\"step-00000002\", \"step-00000004\"]"));
  EXPECT_NO_THROW(read_checkpoint(scratch_ / "out"));
}

TEST_F(AverageCommand, RefusesMoreThanThereAreAndUnknownMetrics) {
  EXPECT_THROW(averaged({"--last", "5"}), ConfigError);
  EXPECT_THROW(averaged({"--last", "2", "--best", "2"}), ConfigError);
  EXPECT_THROW(averaged({"--best", "2", "--metric", "rouge1"}), DataError);
  EXPECT_THROW(averaged({"--last", "2", "--metric", "loss"}), ConfigError);
  EXPECT_THROW(averaged({"--last", "0"}), CLI::ValidationError);
}

}  // namespace
}  // namespace heed
