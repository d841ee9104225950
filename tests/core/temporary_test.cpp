#include "core/temporary.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "core/atomic_file.h"
#include "core/durable_directory.h"
#include "support/file_faults.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

// Runs `work` in a process that is number 1 of a namespace of its own, as in a container, where the processes outside
// cannot be seen. False where the system makes no namespaces for us.
bool run_in_a_container(const std::function<void()>& work) {
  constexpr int kNoNamespaces = 9;
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0 && unshare(CLONE_NEWPID) != 0) _exit(kNoNamespaces);
    const pid_t inside = fork();
    if (inside < 0) _exit(kNoNamespaces);
    if (inside == 0) {
      work();
      _exit(getpid() == 1 ? 0 : 1);
    }
    int status = 0;
    waitpid(inside, &status, 0);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kNoNamespaces)) << status;
  return status == 0;
}

class TemporaryTest : public testing::Test {
 protected:
  void build(const std::string& content) {
    PendingDirectory pending(target_);
    pending.write("a", content);
    pending.commit();
  }

  ScratchDirectory directory_;
  fs::path target_ = directory_ / "step-1";
};

TEST_F(TemporaryTest, IsLeftAloneByContainersThatCannotSeeItsProcess) {
  PendingDirectory pending(target_);
  pending.write("a", "ours");
  const bool ran = run_in_a_container([&] {
    remove_stale_temporaries(directory_.path());
    build("theirs");
  });
  if (!ran) GTEST_SKIP() << "no process namespaces here";
  EXPECT_EQ(contents(target_ / "a"), "theirs");
  pending.commit();
  EXPECT_EQ(contents(target_ / "a"), "ours");
}

TEST_F(TemporaryTest, OfProcessesOfOneNumberInTwoContainersAreTwo) {
  std::array<int, 2> ready{}, go_on{};
  ASSERT_EQ(pipe(ready.data()), 0);
  ASSERT_EQ(pipe(go_on.data()), 0);
  const auto wait_for = [](int end) {
    char byte = 0;
    return read(end, &byte, 1) == 1;
  };
  const pid_t first = fork();
  if (first == 0) {
    const bool ran = run_in_a_container([&] {
      PendingDirectory pending(target_);
      pending.write("a", "first");
      if (write(ready[1], "x", 1) != 1 || !wait_for(go_on[0])) _exit(1);
      pending.commit();
    });
    if (!ran && write(ready[1], "x", 1) != 1) _exit(1);
    _exit(ran ? 0 : 1);
  }
  ASSERT_TRUE(wait_for(ready[0]));
  const bool ran = run_in_a_container([&] { build("second"); });
  EXPECT_EQ(write(go_on[1], "x", 1), 1);
  int status = 0;
  waitpid(first, &status, 0);
  if (!ran) GTEST_SKIP() << "no process namespaces here";
  EXPECT_EQ(status, 0);
  EXPECT_EQ(contents(target_ / "a"), "first");
  EXPECT_THAT(names_in(directory_.path()), ElementsAre("step-1"));
}

TEST_F(TemporaryTest, OfAnotherInTheSameProcessIsNoLeftover) {
  const PendingDirectory pending(target_);
  EXPECT_THAT(stale_temporaries(directory_.path()), IsEmpty());
  const PendingDirectory another(target_);
  EXPECT_THAT(remove_stale_temporaries(directory_.path()), IsEmpty());
  EXPECT_EQ(names_in(directory_.path()).size(), 2u);
}

TEST_F(TemporaryTest, OfAKilledProcessIsALeftoverAtWhateverMoment) {
  bool killed = true;
  for (int n = 1; killed; ++n) {
    killed = kill_at_operation(n, 2, [&] { write_file_atomically(directory_ / "file", "content"); });
    remove_stale_temporaries(directory_.path());
    const auto names = names_in(directory_.path());
    EXPECT_TRUE(names.empty() || names == std::set<std::string>{"file"}) << n;
    fs::remove(directory_ / "file");
  }
}

TEST_F(TemporaryTest, LeftoversAreRemovedByTheNextOneOfTheSameTarget) {
  for (const char* name : {"file", "link"}) {
    const auto replace_it = [&] {
      if (std::string(name) == "link")
        replace_symlink(directory_ / name, "target");
      else
        write_file_atomically(directory_ / name, "content");
    };
    kill_at_operation(4, SIZE_MAX, replace_it);
    EXPECT_EQ(stale_temporaries(directory_.path()).size(), 1u) << name;
    replace_it();
    EXPECT_THAT(stale_temporaries(directory_.path()), IsEmpty());
    EXPECT_THAT(names_in(directory_.path()), ElementsAre(name));
    fs::remove(directory_ / name);
  }
}

TEST_F(TemporaryTest, OnlyADirectoryWithALockAndAContentIsOne) {
  put(directory_ / "a.tmp-a1B2c3/lock", "");
  fs::create_directory(directory_ / "b.tmp-a1B2c3");  // killed before there was a lock
  put(directory_ / "c.tmp-a1B2c3", "a file");
  put(directory_ / "d.tmp-a1B2c3/thesis.tex", "a person's");
  fs::create_directory_symlink("b.tmp-a1B2c3", directory_ / "e.tmp-a1B2c3");
  for (const char* name : {"f", "f.tmp-", "f.tmp-a1B2c", "f.tmp-a1B2c3d", "f.tmp-a1B2c-", ".tmp-a1B2c3"})
    fs::create_directory(directory_ / name);
  EXPECT_THAT(remove_stale_temporaries(directory_.path()),
              ElementsAre(directory_ / "a.tmp-a1B2c3", directory_ / "b.tmp-a1B2c3"));
  EXPECT_EQ(names_in(directory_.path()).size(), 9u);
}

}  // namespace
}  // namespace heed
