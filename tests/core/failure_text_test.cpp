#include "core/failure_text.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

// The working directory, put back at the end.
class WorkingIn {
 public:
  explicit WorkingIn(const fs::path& directory) : before_(fs::current_path()) { fs::current_path(directory); }
  ~WorkingIn() { fs::current_path(before_); }
  WorkingIn(const WorkingIn&) = delete;
  WorkingIn& operator=(const WorkingIn&) = delete;

 private:
  fs::path before_;
};

TEST(FailureText, SaysWhatARelativePathThatLeadsNowhereIsRelativeTo) {
  const ScratchDirectory directory;
  const WorkingIn there(directory.path());
  const std::string note = " (relative to " + fs::canonical(directory.path()).string() + ")";
  EXPECT_EQ(failure_text("train.en", ENOENT), "No such file or directory" + note);
  EXPECT_EQ(failure_text("a/b", ENOTDIR), "Not a directory" + note);
  EXPECT_EQ(relative_note("train.en"), note);
}

TEST(FailureText, IsTheSystemsAloneOtherwise) {
  EXPECT_EQ(failure_text("/data/train.en", ENOENT), "No such file or directory");
  EXPECT_EQ(failure_text("train.en", EACCES), "Permission denied");
  EXPECT_EQ(relative_note("/data/train.en"), "");
}

TEST(FailureText, DoesNotNeedAWorkingDirectory) {
  const ScratchDirectory directory;
  fs::create_directory(directory / "gone");
  const WorkingIn there(directory / "gone");
  fs::remove(directory / "gone");
  EXPECT_EQ(failure_text("train.en", ENOENT), "No such file or directory");
}

}  // namespace
}  // namespace heed
