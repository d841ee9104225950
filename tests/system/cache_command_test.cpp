// `heed cache` as a process, beside trainings that use what it removes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "support/toy_run.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Process;
using testing::run;
using testing::ToyRun;

constexpr int kOk = 0, kUsageError = 2;

// A toy run whose cache lies in cache/ of its scratch directory; commands write their output elsewhere than training.
class CacheCommand : public ::testing::Test {
 protected:
  Ended cache(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> words = {"cache", "--directory", directory()};
    words.insert(words.end(), options.begin(), options.end());
    return run(toy_.command(words), elsewhere_);
  }
  std::string directory() const { return toy_.scratch() / "cache"; }
  std::set<std::string> cached() const { return names_in(directory()); }

  ToyRun toy_;
  ScratchDirectory elsewhere_;
};

TEST_F(CacheCommand, ListsEveryCorpusWithItsBytes) {
  ASSERT_EQ(toy_.train({"--train.max_steps=1"}).exit_code, kOk);
  const Ended listed = cache();
  EXPECT_EQ(listed.exit_code, kOk) << listed.err;
  EXPECT_EQ(cached().size(), 2u);  // training and validation
  uint64_t bytes = 0;
  for (const std::string& name : cached()) {
    EXPECT_THAT(listed.out, HasSubstr("  " + name + "\n"));
    bytes += fs::file_size(fs::path(directory()) / name);
  }
  std::string total = std::to_string(bytes);
  for (int at = static_cast<int>(total.size()) - 3; at > 0; at -= 3) total.insert(static_cast<size_t>(at), ",");
  EXPECT_EQ(listed.out.rfind(directory() + ": 2 corpora, " + total + " bytes\n", 0), 0u) << listed.out;
}

TEST_F(CacheCommand, LooksWhereHeedCachesWithoutTheKey) {
  fs::create_directories(elsewhere_ / "heed/corpora");
  const std::string name = std::string(64, 'a') + ".corpus";
  put(elsewhere_ / ("heed/corpora/" + name), "12345");
  const Ended listed =
      run({"/usr/bin/env", "XDG_CACHE_HOME=" + elsewhere_.path().string(), HEED_BINARY, "cache"}, toy_.scratch());
  EXPECT_THAT(listed.out, AllOf(HasSubstr((elsewhere_ / "heed/corpora").string() + ": 1 corpus, 5 bytes\n"),
                                HasSubstr("  " + name + "\n")));
  fs::remove_all(elsewhere_ / "heed");
  const Ended none =
      run({"/usr/bin/env", "XDG_CACHE_HOME=" + elsewhere_.path().string(), HEED_BINARY, "cache"}, toy_.scratch());
  EXPECT_EQ(none.exit_code, kOk);
  EXPECT_THAT(none.out, HasSubstr(": 0 corpora, 0 bytes\n"));
}

TEST_F(CacheCommand, PrunesWhatNoTrainingHasUsedForSoLong) {
  const std::vector<std::string> train = {"--overwrite", "--train.max_steps=1"};
  ASSERT_EQ(toy_.train(train).exit_code, kOk);
  const auto grow_old = [this](const std::string& name) {
    fs::last_write_time(fs::path(directory()) / name, fs::file_time_type::clock::now() - std::chrono::hours(24 * 31));
  };
  for (const std::string& name : cached()) grow_old(name);
  ASSERT_EQ(toy_.train(train).exit_code, kOk);  // a use
  EXPECT_THAT(cache({"--prune", "30"}).out, HasSubstr(": removed 0 corpora, 0 bytes\n"));

  grow_old(*cached().begin());
  put(fs::path(directory()) / "thesis.txt", "mine");
  const Ended pruned = cache({"--prune", "30"});
  EXPECT_EQ(pruned.exit_code, kOk) << pruned.err;
  EXPECT_THAT(pruned.out, AllOf(HasSubstr(": removed 1 corpus, "), HasSubstr(": 1 corpus, ")));
  EXPECT_THAT(cache({"--prune", "0"}).out, AllOf(HasSubstr(": removed 1 corpus, "), HasSubstr(": 0 corpora, 0 bytes")));
  EXPECT_EQ(cached(), std::set<std::string>{"thesis.txt"});
}

TEST_F(CacheCommand, DoesNotDisturbATrainingWhoseCorpusItRemoves) {
  const std::vector<std::string> options = {"--train.max_steps=60", "--train.validate_every=30"};
  ASSERT_EQ(toy_.train(options).exit_code, kOk);
  const std::string undisturbed = contents(toy_.directory() + "/latest/model.safetensors");

  std::vector<std::string> words = {"train", toy_.config(), "--overwrite"};
  words.insert(words.end(), options.begin(), options.end());
  Process training(toy_.command(words), toy_.scratch());
  ASSERT_TRUE(training.wait_for("step 10/"));
  training.signal(SIGSTOP);  // in the middle of it, however fast it is
  EXPECT_THAT(cache({"--prune", "0"}).out, HasSubstr(": removed 2 corpora, "));
  EXPECT_THAT(cached(), IsEmpty());
  training.signal(SIGCONT);
  const Ended ended = training.wait();
  EXPECT_EQ(ended.exit_code, kOk) << ended.err;
  EXPECT_THAT(ended.err, Not(HasSubstr("warning")));
  EXPECT_EQ(contents(toy_.directory() + "/latest/model.safetensors"), undisturbed);
}

TEST_F(CacheCommand, RefusesADirectoryThatIsNotThere) {
  const Ended missing = cache();
  EXPECT_EQ(missing.exit_code, kUsageError);
  EXPECT_EQ(missing.err, "heed: error: --directory " + directory() + ": there is no such directory\n");
}

TEST_F(CacheCommand, TakesTheCommonOptions) {
  const Ended help = toy_.heed({"cache", "--help"});
  EXPECT_EQ(help.exit_code, kOk);
  for (const char* option : {"--help", "--quiet", "--threads", "--device", "--prune", "--directory"})
    EXPECT_THAT(help.out, HasSubstr(option));
  EXPECT_EQ(cache({"--prune", "-1"}).exit_code, kUsageError);
}

}  // namespace
}  // namespace heed
