// A token cache is a file: whatever stands in it, a reader gets the pairs that were written or a refusal.
#include "data/corpus_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "core/error.h"
#include "core/random.h"
#include "core/sha256.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr CacheLimits kLimits{50, 60, 2};
constexpr int64_t kPairs = 40;
constexpr size_t kDigestDigits = 64;

CachedPair written_pair(int64_t i) {
  const auto n = static_cast<int32_t>(i);
  return {std::vector<int32_t>(static_cast<size_t>(n % 7), n),
          std::vector<int32_t>(static_cast<size_t>(n % 5), n + 1),
          std::string(static_cast<size_t>(n % 3), 's'),
          std::string(static_cast<size_t>(n % 4), 't'),
          static_cast<uint32_t>(n % 2),
          static_cast<uint32_t>(n)};
}

bool equal(const CachedPair& a, const CachedPair& b) {
  return a.source == b.source && a.target == b.target && a.source_text == b.source_text &&
         a.target_text == b.target_text && a.file == b.file && a.line == b.line;
}

enum class Reading { kRefusedAtOnce, kRefusedLater, kAsWritten, kWrong };

Reading read_all(const std::optional<CorpusCache>& cache) {
  if (!cache) return Reading::kRefusedAtOnce;
  Reading reading = cache->size() == kPairs ? Reading::kAsWritten : Reading::kWrong;
  for (int64_t i = 0; i < cache->size(); ++i) {
    try {
      if (!equal(cache->pair(i), written_pair(i))) return Reading::kWrong;
    } catch (const DataError&) {
      reading = Reading::kRefusedLater;
    }
  }
  return reading;
}

class CorpusCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    CorpusCacheWriter writer(path_, kLimits);
    for (int64_t i = 0; i < kPairs; ++i) writer.add(written_pair(i));
    writer.commit({.read = kPairs});
    bytes_ = contents(path_);
  }

  std::optional<CorpusCache> open() const { return CorpusCache::open(path_, kLimits); }

  // Overwrites the file in place: who has it open sees that.
  void put_in_place(const std::string& bytes) const {
    if (!std::filesystem::exists(path_)) put(path_, "");
    std::filesystem::resize_file(path_, bytes.size());
    std::fstream(path_, std::ios::binary | std::ios::in | std::ios::out) << bytes;
  }

  ScratchDirectory scratch_;
  std::filesystem::path path_ = scratch_ / "a.corpus";
  std::string bytes_;
};

// What damage does: bits flip, the end is missing, something else stands in the middle, blocks come in another order.
std::string mutated(std::string bytes, RandomStream& random) {
  const auto place = [&](size_t length) { return random.below(bytes.size() - length + 1); };
  switch (random.below(5)) {
    case 0:
      bytes[place(1)] ^= static_cast<char>(1 << random.below(8));
      break;
    case 1:
      bytes.resize(random.below(bytes.size()));
      break;
    case 2:
      for (size_t at = place(16), end = at + 16; at < end; ++at) bytes[at] = static_cast<char>(random.below(256));
      break;
    case 3: {
      const size_t length = 1 + random.below(64);
      const size_t first = place(2 * length), second = first + length;
      std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(first),
                       bytes.begin() + static_cast<std::ptrdiff_t>(second),
                       bytes.begin() + static_cast<std::ptrdiff_t>(second));
      break;
    }
    default:
      bytes.insert(place(0), std::string(1 + random.below(32), '\0'));
  }
  return bytes;
}

// With the digest of index and trailer that belongs to it, as only somebody would write it who means harm.
std::string with_its_digest(std::string bytes, uint64_t index_offset) {
  if (bytes.size() < index_offset + kDigestDigits) return bytes;
  const size_t end = bytes.size() - kDigestDigits;
  return bytes.substr(0, end) + sha256_hex(std::string_view(bytes).substr(index_offset, end - index_offset));
}

uint64_t index_offset_of(const std::string& bytes) {
  uint64_t offset = 0;
  std::memcpy(&offset, bytes.data() + bytes.find("heedcrp3") + 8, sizeof(offset));
  return offset;
}

TEST_F(CorpusCacheTest, GivesBackWhatWasWritten) {
  EXPECT_EQ(read_all(open()), Reading::kAsWritten);
  EXPECT_EQ(open()->source_length(6), 6);
  EXPECT_EQ(open()->target_length(6), 1);
}

TEST_F(CorpusCacheTest, MutatedItIsRefusedOrHarmless) {
  RandomStream random(13);
  int seen = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string damaged = mutated(bytes_, random);
    put_in_place(damaged);
    const Reading reading = read_all(open());
    ASSERT_NE(reading, Reading::kWrong) << "mutation " << i;
    seen += reading != Reading::kAsWritten;
    EXPECT_TRUE(reading != Reading::kAsWritten || damaged.size() >= bytes_.size()) << "mutation " << i;
  }
  EXPECT_GT(seen, 2900);  // but for blocks that equal the ones they are swapped with, and bytes put behind the records
}

// The digest of index and trailer holds, so that all that is left is the bounds of what they say.
TEST_F(CorpusCacheTest, MutatedOnPurposeItIsRefusedOrWithinBounds) {
  RandomStream random(14);
  const uint64_t index_offset = index_offset_of(bytes_);
  int refused_at_once = 0, refused_later = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = bytes_;
    const size_t at = index_offset + random.below(bytes_.size() - kDigestDigits - index_offset);
    if (i % 2 == 0) {
      damaged[at] ^= static_cast<char>(1 << random.below(8));
    } else {
      for (size_t k = at; k < std::min(at + 8, bytes_.size() - kDigestDigits); ++k)
        damaged[k] = static_cast<char>(random.below(256));
    }
    put_in_place(with_its_digest(damaged, index_offset));
    const Reading reading = read_all(open());
    refused_at_once += reading == Reading::kRefusedAtOnce;
    refused_later += reading == Reading::kRefusedLater;
    EXPECT_NE(reading, Reading::kWrong) << "mutation " << i;
  }
  EXPECT_GT(refused_at_once, 1000);
  EXPECT_GT(refused_later, 500);
}

TEST_F(CorpusCacheTest, IdsAndFilesBeyondTheirLimitsAreRefused) {
  for (const CacheLimits& limits : {CacheLimits{20, 60, 2}, CacheLimits{50, 20, 2}, CacheLimits{50, 60, 1}}) {
    put_in_place(bytes_);
    EXPECT_EQ(read_all(CorpusCache::open(path_, limits)), Reading::kRefusedLater);
  }
}

TEST_F(CorpusCacheTest, SpoiledWhileItIsOpenItIsRefusedOrHarmless) {
  RandomStream random(15);
  int seen = 0;
  for (int i = 0; i < 2000; ++i) {
    put_in_place(bytes_);
    const std::optional<CorpusCache> cache = open();
    put_in_place(mutated(bytes_, random));
    const Reading reading = read_all(cache);
    ASSERT_TRUE(reading == Reading::kAsWritten || reading == Reading::kRefusedLater) << "mutation " << i;
    seen += reading == Reading::kRefusedLater;
  }
  EXPECT_GT(seen, 500);
}

// The index in memory tells one cache from another.
TEST_F(CorpusCacheTest, AnotherCacheInItsPlaceIsNoticed) {
  const std::optional<CorpusCache> cache = open();
  {
    CorpusCacheWriter writer(scratch_ / "other", kLimits);
    for (int64_t i = 0; i < kPairs; ++i) {
      CachedPair pair = written_pair(i);
      pair.line = 1000;
      writer.add(pair);
    }
    writer.commit({.read = kPairs});
  }
  put_in_place(contents(scratch_ / "other"));
  EXPECT_THROW(cache->pair(0), DataError);
}

TEST_F(CorpusCacheTest, ADamagedPairIsNamedAndTheCacheIsGone) {
  const std::optional<CorpusCache> cache = open();
  std::filesystem::resize_file(path_, 300);
  try {
    cache->pair(kPairs - 1);
    FAIL() << "read";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith(path_.string() + ": pair 40 of this token cache is damaged"),
                                    HasSubstr("it was removed"), HasSubstr("--resume")));
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(CorpusCacheTest, WhatIsNoRegularFileIsNoCache) {
  std::filesystem::remove(path_);
  EXPECT_FALSE(open().has_value());
  std::filesystem::create_directory(path_);
  EXPECT_FALSE(open().has_value());
}

}  // namespace
}  // namespace heed
