#include "cli/run_claim.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

TEST(RunClaim, LeavesNothingBehindOfARunThatDoesNotBegin) {
  const ScratchDirectory scratch;
  for (const char* name : {"run", "runs/of/mine", "slash/"}) {
    { const RunClaim claim(scratch / name); }
    EXPECT_EQ(names_in(scratch.path()), (std::set<std::string>{})) << name;
  }
}

TEST(RunClaim, KeepsWhatWasThereAndWhatSomebodyPutThere) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "mine");
  { const RunClaim claim(scratch / "mine"); }
  EXPECT_EQ(names_in(scratch.path()), (std::set<std::string>{"mine"}));
  EXPECT_EQ(names_in(scratch / "mine"), (std::set<std::string>{}));
  {
    const RunClaim claim(scratch / "runs/new");
    put(scratch / "runs/notes.txt", "x");
  }
  EXPECT_EQ(names_in(scratch / "runs"), (std::set<std::string>{"notes.txt"}));
}

TEST(RunClaim, OfARunThatBeginsTheDirectoryStays) {
  const ScratchDirectory scratch;
  {
    RunClaim claim(scratch / "run");
    EXPECT_THROW(RunClaim(scratch / "run"), Error);
    claim.keep();
  }
  EXPECT_TRUE(std::filesystem::exists(scratch / "run"));
}

}  // namespace
}  // namespace heed
