// A token cache that another process spoils while `heed train` reads it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "support/toy_run.h"

namespace heed {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using testing::Process;
using ::testing::StartsWith;
using testing::ToyRun;

namespace fs = std::filesystem;

std::string weights(const ToyRun& toy) { return contents(toy.directory() + "/latest/model.safetensors"); }

void for_each_cache(const ToyRun& toy, const std::function<void(const fs::path&)>& spoil) {
  for (const auto& entry : fs::directory_iterator(toy.scratch() / "cache")) spoil(entry.path());
}

// The run ends with one line and all its updates saved; --resume reads the corpus anew and ends where an undisturbed
// run does.
void expect_nothing_lost(const std::function<void(const fs::path&)>& spoil) {
  const ToyRun toy;
  Process process(toy.command({"train", toy.config(), "--train.max_steps=1000000"}), toy.scratch());
  ASSERT_TRUE(process.wait_for("step 20"));
  for_each_cache(toy, spoil);
  const Ended ended = process.wait();
  EXPECT_EQ(ended.exit_code, 1) << ended.err;
  const std::string last = ended.err.substr(ended.err.rfind('\n', ended.err.size() - 2) + 1);
  EXPECT_THAT(last, StartsWith("heed: error: "));
  EXPECT_THAT(last, HasSubstr(".corpus: "));
  EXPECT_THAT(last, HasSubstr("--resume"));

  const std::string saved = fs::read_symlink(toy.directory() + "/latest").filename();
  const std::string more = "--train.max_steps=" + std::to_string(std::stoi(saved.substr(5)) + 50);
  const Ended resumed = toy.train({"--resume", more});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const std::string continued = weights(toy);
  ASSERT_EQ(toy.train({"--overwrite", more}).exit_code, 0);
  EXPECT_EQ(continued == weights(toy), true) << saved;
}

TEST(DamagedCache, TruncatedUnderARunItEndsThatRunWithALine) {
  expect_nothing_lost([](const fs::path& cache) { fs::resize_file(cache, 4096); });
}

TEST(DamagedCache, OverwrittenUnderARunItEndsThatRunWithALine) {
  expect_nothing_lost([](const fs::path& cache) {
    const std::string other(fs::file_size(cache), 'x');
    std::fstream(cache, std::ios::binary | std::ios::in | std::ios::out) << other;
  });
}

TEST(DamagedCache, ReplacedByNothingItStaysReadable) {
  const ToyRun toy;
  Process process(toy.command({"train", toy.config(), "--train.max_steps=200"}), toy.scratch());
  ASSERT_TRUE(process.wait_for("step 20"));
  fs::remove_all(toy.scratch() / "cache");
  const Ended ended = process.wait();
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
}

}  // namespace
}  // namespace heed
