#include "cli/distinct_files.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using ::testing::HasSubstr;

class DistinctFiles : public ::testing::Test {
 protected:
  DistinctFiles() { put(scratch_ / "a", "text\n"); }
  std::string at(const std::string& name) const { return (scratch_ / name).string(); }
  static std::string refusal(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs) {
    try {
      require_distinct(inputs, outputs);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  }

  ScratchDirectory scratch_;
};

TEST_F(DistinctFiles, AnOutputIsNoInputUnderAnyName) {
  std::filesystem::create_symlink("a", scratch_ / "link");
  std::filesystem::create_hard_link(scratch_ / "a", scratch_ / "hard");
  for (const char* name : {"a", "link", "hard", "./a"})
    EXPECT_THAT(refusal({{"-i", at("a")}}, {{"-o", "-"}, {"--alignments", at(name)}}), HasSubstr("is an input file"));
  EXPECT_EQ(refusal({{"-i", at("a")}}, {{"-o", at("b")}}), "accepted");
  EXPECT_EQ(refusal({{"-i", at("a")}}, {{"-o", ""}}), "accepted");
}

TEST_F(DistinctFiles, OutputsAreDistinctEvenWhereTheyAreNotThereYet) {
  EXPECT_THAT(refusal({}, {{"-o", at("new")}, {"--alignments", at("./new")}}), HasSubstr("expected another file"));
  EXPECT_THAT(refusal({}, {{"-o", "-"}, {"--alignments", "-"}}), HasSubstr("expected another file"));
  EXPECT_EQ(refusal({}, {{"-o", at("new")}, {"--alignments", at("other")}}), "accepted");
}

TEST_F(DistinctFiles, DevicesAreNoFiles) {
  EXPECT_EQ(refusal({{"-i", "/dev/null"}}, {{"-o", "/dev/null"}, {"--alignments", "/dev/null"}}), "accepted");
}

}  // namespace
}  // namespace heed
