#include "data/cache_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "core/atomic_file.h"
#include "core/error.h"
#include "data/corpus_cache.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string name_for(char digit) { return corpus_cache_name(std::string(64, digit)); }

std::vector<std::string> names_of(const std::vector<CachedFile>& files) {
  std::vector<std::string> names;
  for (const CachedFile& file : files) names.push_back(file.path.filename());
  return names;
}

class CacheListingTest : public testing::Test {
 protected:
  // A file of the cache that was last used so long ago.
  void add(const std::string& name, size_t bytes, std::chrono::hours ago = {}) {
    put(directory_ / name, std::string(bytes, 'x'));
    fs::last_write_time(directory_ / name, fs::file_time_type::clock::now() - ago);
  }

  ScratchDirectory directory_;
};

TEST_F(CacheListingTest, HoldsSizesAndTheLastUsedFirst) {
  add(name_for('a'), 10, std::chrono::hours(48));
  add(name_for('b'), 20);
  const CacheListing listing = list_cache(directory_.path());
  EXPECT_THAT(names_of(listing.corpora), ElementsAre(name_for('b'), name_for('a')));
  EXPECT_THAT(listing.leftovers, IsEmpty());
  EXPECT_EQ(listing.corpora[0].bytes, 20u);
  EXPECT_EQ(listing.bytes(), 30u);
  EXPECT_NEAR(static_cast<double>(listing.corpora[0].last_used - listing.corpora[1].last_used), 48 * 3600, 2);
}

TEST_F(CacheListingTest, OfNoDirectoryIsEmpty) {
  EXPECT_THAT(list_cache(directory_ / "none").corpora, IsEmpty());
  EXPECT_THAT(prune_cache(directory_ / "none", 0).corpora, IsEmpty());
}

TEST_F(CacheListingTest, PruningRemovesWhatWasNotUsedWithinTheDays) {
  add(name_for('a'), 10, std::chrono::hours(24 * 30 + 1));
  add(name_for('b'), 20, std::chrono::hours(24 * 30 - 1));
  const CacheListing removed = prune_cache(directory_.path(), 30);
  EXPECT_THAT(names_of(removed.corpora), ElementsAre(name_for('a')));
  EXPECT_EQ(removed.bytes(), 10u);
  EXPECT_THAT(names_in(directory_.path()), ElementsAre(name_for('b')));
  prune_cache(directory_.path(), 0);
  EXPECT_THAT(names_in(directory_.path()), IsEmpty());
}

TEST_F(CacheListingTest, NothingButWhatACacheIsNamedIsEverRemoved) {
  const std::string dead = ".tmp-a1B2c3";
  add(name_for('a') + dead + "/content", 5);
  const CorpusCacheWriter alive(directory_ / name_for('b'), {1, 1, 1});
  const std::vector<std::string> strangers = {"thesis.corpus",
                                              "thesis.corpus" + dead,
                                              "notes" + dead,
                                              std::string(64, 'a'),
                                              std::string(64, 'A') + ".corpus",
                                              std::string(63, 'a') + ".corpus",
                                              std::string(65, 'a') + ".corpus",
                                              name_for('a') + ".bak"};
  for (const std::string& name : strangers) add(name, 5, std::chrono::hours(24 * 365));
  fs::create_directory(directory_ / name_for('d'));
  fs::create_symlink(directory_ / "thesis.corpus", directory_ / name_for('e'));

  const CacheListing removed = prune_cache(directory_.path(), 0);
  EXPECT_THAT(removed.corpora, IsEmpty());
  EXPECT_THAT(names_of(removed.leftovers), ElementsAre(name_for('a') + dead));
  EXPECT_EQ(removed.bytes(), 5u);
  EXPECT_EQ(names_in(directory_.path()).size(), strangers.size() + 3);
}

constexpr CacheLimits kLimits{100'000, 100'000, 1};

// One pair whose ids are 0, 1, 2, ...: several pages of them, which a reader reads later.
CorpusCache write_cache(const fs::path& path, const std::vector<int32_t>& ids) {
  CorpusCacheWriter writer(path, kLimits);
  writer.add({ids, ids, {}, {}, 0, 1});
  return writer.commit({.read = 1});
}

TEST_F(CacheListingTest, WhoeverHasACorpusOpenKeepsIt) {
  std::vector<int32_t> ids(100'000);
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int32_t>(i);
  const fs::path path = directory_ / name_for('a');
  const CorpusCache made = write_cache(path, ids);
  const auto opened = CorpusCache::open(path, kLimits);
  EXPECT_EQ(prune_cache(directory_.path(), 0).corpora.size(), 1u);
  EXPECT_FALSE(CorpusCache::open(path, kLimits).has_value());
  for (const CorpusCache* cache : {&made, &*opened}) EXPECT_TRUE(cache->pair(0).target == ids);
}

TEST_F(CacheListingTest, WhatALiveProcessIsWritingStays) {
  const fs::path path = directory_ / name_for('a');
  std::array<int, 2> ready{}, go_on{};
  ASSERT_EQ(pipe(ready.data()), 0);
  ASSERT_EQ(pipe(go_on.data()), 0);
  const pid_t writer = fork();
  if (writer == 0) {
    CorpusCacheWriter cache(path, kLimits);
    char byte = 0;
    if (write(ready[1], &byte, 1) != 1 || read(go_on[0], &byte, 1) != 1) _exit(1);
    const std::vector<int32_t> ids = {1, 2, 3};
    cache.add({ids, ids, {}, {}, 0, 1});
    cache.commit({.read = 1});
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_THAT(prune_cache(directory_.path(), 0).leftovers, IsEmpty());
  ASSERT_EQ(write(go_on[1], &byte, 1), 1);
  int status = 0;
  waitpid(writer, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(CorpusCache::open(path, kLimits).has_value());
}

TEST_F(CacheListingTest, OpeningACorpusIsAUse) {
  const fs::path path = directory_ / name_for('a');
  write_cache(path, {1, 2, 3});
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(24 * 40));
  ASSERT_TRUE(CorpusCache::open(path, kLimits).has_value());
  EXPECT_THAT(prune_cache(directory_.path(), 1).corpora, IsEmpty());
}

}  // namespace
}  // namespace heed
