#include "core/durable_directory.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/error.h"
#include "support/file_faults.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class DurableDirectory : public testing::Test {
 protected:
  void commit(const std::string& content) {
    PendingDirectory pending(target_);
    for (const char* name : {"a", "b"}) {
      FileWriter file = pending.create(name);
      file.write(content);
      file.sync_and_close();
    }
    pending.commit();
  }

  // "" for a missing directory, its content for a whole one.
  std::string state() {
    if (!fs::exists(target_)) return "";
    EXPECT_EQ(names_in(target_), (std::set<std::string>{"a", "b"}));
    EXPECT_EQ(contents(target_ / "a"), contents(target_ / "b"));
    return contents(target_ / "a");
  }

  ScratchDirectory directory_;
  fs::path target_ = directory_ / "step-1";
};

TEST_F(DurableDirectory, AppearsWholeAndReplacesAnOlderOne) {
  commit("one");
  EXPECT_EQ(state(), "one");
  commit("two");
  EXPECT_EQ(state(), "two");
  EXPECT_EQ(names_in(directory_.path()), std::set<std::string>{"step-1"});
}

TEST_F(DurableDirectory, WithoutCommitNothingRemains) {
  { PendingDirectory pending(target_); }
  EXPECT_TRUE(names_in(directory_.path()).empty());
}

TEST_F(DurableDirectory, TheNextOneRemovesWhatKilledProcessesLeftOfItAndNothingElse) {
  const PendingDirectory alive(target_), of_another(directory_ / "step-2");
  const std::string left = "step-1.tmp-a1B2c3", anothers = "step-2.tmp-a1B2c3";
  for (const std::string& name : {left, anothers}) put(directory_ / name / "content/part", "x");
  const std::set<std::string> before = names_in(directory_.path());
  commit("new");
  std::set<std::string> expected = before;
  expected.erase(left);
  expected.insert("step-1");
  EXPECT_EQ(names_in(directory_.path()), expected);
}

TEST_F(DurableDirectory, AFinalSlashDoesNotMatter) {
  PendingDirectory pending(target_ / "");
  pending.commit();
  EXPECT_TRUE(fs::is_directory(target_));
}

TEST_F(DurableDirectory, KilledAtAnyOperationIsAbsentOrWhole) {
  std::set<std::string> seen;
  bool killed = true;
  for (int n = 1; killed; ++n) {
    killed = kill_at_operation(n, 2, [&] { commit("first"); });
    seen.insert(state());
    remove_stale_temporaries(directory_.path());
    EXPECT_EQ(names_in(directory_.path()).size(), state().empty() ? 0u : 1u) << n;
    fs::remove_all(target_);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"", "first"}));
}

TEST_F(DurableDirectory, KilledAtAnyOperationOfAReplacementIsTheOldOrTheNewOne) {
  std::set<std::string> seen;
  bool killed = true;
  for (int n = 1; killed; ++n) {
    commit("old");
    killed = kill_at_operation(n, 2, [&] { commit("new"); });
    seen.insert(state());
    remove_stale_temporaries(directory_.path());
    EXPECT_EQ(names_in(directory_.path()), std::set<std::string>{"step-1"});
  }
  EXPECT_EQ(seen, (std::set<std::string>{"old", "new"}));
}

TEST_F(DurableDirectory, RemovalKilledAtAnyOperationNeverLeavesAPart) {
  bool killed = true;
  for (int n = 1; killed; ++n) {
    commit("one");
    killed = kill_at_operation(n, SIZE_MAX, [&] { remove_directory(target_); });
    EXPECT_TRUE(state().empty() || state() == "one") << n;
  }
  EXPECT_EQ(state(), "");
}

TEST_F(DurableDirectory, EveryWriteIsSyncedBeforeTheNameAppearsAndTheParentAfter) {
  std::vector<std::string> operations;
  observed(
      [&](const char* operation, const fs::path& path) {
        operations.push_back(std::string(operation) + " " + path.filename().string());
        return FileFault{};
      },
      [&] { commit("x"); });
  ASSERT_TRUE(operations.back().starts_with("remove step-1.tmp-"));  // and six random characters
  operations.pop_back();
  const std::string parent = directory_.path().filename();
  EXPECT_THAT(operations, ElementsAre("create step-1", "open lock", "mkdir content",                            //
                                      "open a", "write a", "fsync a", "close a",                                //
                                      "open b", "write b", "fsync b", "close b",                                //
                                      "open content", "fsync content", "close content",                         //
                                      "rename step-1", "open " + parent, "fsync " + parent, "close " + parent,  //
                                      "remove content"));
}

TEST(FileOperations, DirectoriesAreMadeWithTheirParents) {
  ScratchDirectory directory;
  make_directories(directory / "a/b/c/");
  make_directories(directory / "a/b/c");
  EXPECT_TRUE(fs::is_directory(directory / "a/b/c"));
  put(directory / "file", "");
  EXPECT_THROW(make_directories(directory / "file/d"), Error);
}

TEST(FileOperations, SeveralMayMakeTheSameDirectoriesAtOnce) {
  ScratchDirectory directory;
  std::atomic<int> failures = 0;
  for (int round = 0; round < 200; ++round) {
    const fs::path deep = directory / std::to_string(round) / "a/b/c";
    std::vector<std::jthread> makers;
    for (int maker = 0; maker < 4; ++maker)
      makers.emplace_back([&] {
        try {
          make_directories(deep);
        } catch (const Error&) {
          ++failures;
        }
      });
  }
  EXPECT_EQ(failures, 0);
}

TEST(FileOperations, SpaceThatIsNotThereIsAnErrorBeforeAnythingIsWritten) {
  ScratchDirectory directory;
  require_free_space(directory.path(), 1);
  EXPECT_THROW(require_free_space(directory.path(), uint64_t{1} << 62), Error);
}

}  // namespace
}  // namespace heed
