#include "core/atomic_file.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>

#include "core/error.h"
#include "support/file_faults.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

class AtomicFile : public testing::Test {
 protected:
  std::string message_of_failing(int n, int error) {
    return message_of([&] { fail_operation(n, error, [&] { write_file_atomically(file_, new_); }); });
  }

  ScratchDirectory directory_;
  fs::path file_ = directory_ / "state";
  const std::string old_ = "the old content", new_ = "new content, which is longer than the old content";
};

TEST_F(AtomicFile, MakesAndReplacesAFileAndLeavesNothingElse) {
  write_file_atomically(file_, old_);
  EXPECT_EQ(contents(file_), old_);
  write_file_atomically(file_, new_);
  EXPECT_EQ(contents(file_), new_);
  EXPECT_EQ(names_in(directory_.path()), std::set<std::string>{"state"});
}

TEST_F(AtomicFile, KilledAtAnyOperationHoldsTheOldOrTheNewContent) {
  write_file_atomically(file_, old_);
  bool seen_old = false, seen_new = false, killed = true;
  for (int n = 1; killed; ++n) {
    killed = kill_at_operation(n, 7, [&] { write_file_atomically(file_, new_); });
    seen_old |= contents(file_) == old_;
    seen_new |= contents(file_) == new_;
    EXPECT_TRUE(contents(file_) == old_ || contents(file_) == new_) << "killed at operation " << n;
    put(file_, old_);
  }
  EXPECT_TRUE(seen_old && seen_new);
}

TEST_F(AtomicFile, FailingAnyOperationIsAnErrorOrHasNoEffect) {
  const int operations = count_operations([&] { write_file_atomically(file_, old_); });
  for (const int error : {EIO, ENOSPC}) {
    for (int n = 1; n <= operations; ++n) {
      const std::string message = message_of_failing(n, error);
      EXPECT_TRUE(message != "no error" || contents(file_) == new_) << n;
      EXPECT_TRUE(contents(file_) == old_ || contents(file_) == new_) << n;
      put(file_, old_);
    }
  }
}

TEST_F(AtomicFile, InterruptedAndShortCallsAreContinued) {
  int count = 0;
  observed(
      [&](const char*, const fs::path&) {
        return FileFault{++count % 2 == 0 ? EINTR : 0, 3};
      },
      [&] { write_file_atomically(file_, new_); });
  EXPECT_EQ(contents(file_), new_);
  EXPECT_GT(count, 2 * static_cast<int>(new_.size()) / 3);
}

TEST_F(AtomicFile, FullDiskNamesPathNeededAndFreeBytes) {
  write_file_atomically(file_, old_);
  const std::string message = message_of([&] {
    observed([](const char* operation,
                const fs::path&) { return FileFault{std::string(operation) == "write" ? ENOSPC : 0}; },
             [&] { write_file_atomically(file_, new_); });
  });
  EXPECT_THAT(message, HasSubstr(file_.string()));
  EXPECT_THAT(message, HasSubstr("No space left on device; needed 49 more bytes"));
  EXPECT_THAT(message, HasSubstr("bytes are free"));
  EXPECT_EQ(contents(file_), old_);
  EXPECT_EQ(names_in(directory_.path()).size(), 1u);
}

// A real limit instead of an injected fault: the kernel refuses bytes beyond RLIMIT_FSIZE.
TEST_F(AtomicFile, RealFileSizeLimitIsAnErrorAndLeavesTheOldFile) {
  write_file_atomically(file_, old_);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{1000, limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = message_of([&] { write_file_atomically(file_, std::string(5000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THAT(message, HasSubstr("needed 4000 more bytes"));
  EXPECT_EQ(contents(file_), old_);
  EXPECT_EQ(names_in(directory_.path()).size(), 1u);
}

TEST_F(AtomicFile, ReplacesALinkWhoseTargetNeedNotExist) {
  const fs::path link = directory_ / "latest";
  replace_symlink(link, "one");
  replace_symlink(link, "two");
  EXPECT_EQ(fs::read_symlink(link), "two");
  EXPECT_EQ(names_in(directory_.path()), std::set<std::string>{"latest"});
}

TEST_F(AtomicFile, LinkKilledAtAnyOperationIsTheOldOrTheNewOne) {
  const fs::path link = directory_ / "latest";
  replace_symlink(link, "one");
  for (int n = 1; kill_at_operation(n, SIZE_MAX, [&] { replace_symlink(link, "two"); }); ++n) {
    EXPECT_TRUE(fs::read_symlink(link) == "one" || fs::read_symlink(link) == "two") << n;
    replace_symlink(link, "one");
  }
}

TEST_F(AtomicFile, ADirectoryInTheWayOrAMissingParentIsOneClearLine) {
  fs::create_directory(file_);
  EXPECT_THAT(message_of([&] { write_file_atomically(file_, new_); }), HasSubstr("cannot rename: Is a directory"));
  EXPECT_EQ(names_in(directory_.path()).size(), 1u);
  EXPECT_THAT(message_of([&] { write_file_atomically(directory_ / "no/such", new_); }),
              HasSubstr("such: cannot create: No such file or directory"));
}

}  // namespace
}  // namespace heed
