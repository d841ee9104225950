#include "tensor/block_cache.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace heed {
namespace {

class BlockCache : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { cache_small_blocks(); }
  static c10::DataPtr block(size_t size) { return c10::GetCPUAllocator()->allocate(size); }
};

TEST_F(BlockCache, GivesEverySizeItsOwnAlignedMemory) {
  std::vector<c10::DataPtr> all;
  std::vector<size_t> sizes;
  for (size_t size = 1; size < 5000; size = size + 1 + size / 7) sizes.push_back(size);
  for (size_t size = 5000; size < (3u << 20); size = size * 5 / 4 + 1) sizes.push_back(size);
  for (const size_t size : sizes) {
    all.push_back(block(size));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(all.back().get()) % 64, 0u) << size;
    std::memset(all.back().get(), static_cast<int>(all.size() % 251), size);
  }
  for (size_t i = 0; i < all.size(); ++i)
    for (const size_t at : {size_t{0}, sizes[i] / 2, sizes[i] - 1})
      ASSERT_EQ(static_cast<unsigned char*>(all[i].get())[at], (i + 1) % 251) << sizes[i];
}

TEST_F(BlockCache, HandsOutAgainWhatCameBack) {
  void* const first = block(1000).get();
  EXPECT_EQ(block(990).get(), first);  // a block serves sizes a little smaller, too
  EXPECT_EQ(block(0).get(), nullptr);
}

TEST_F(BlockCache, KeepsFewMegabytesAndNoLargeBlock) {
  const auto keep = [] {  // in a thread that keeps nothing yet
    { const c10::DataPtr large = block(size_t{2} << 20); }
    EXPECT_EQ(cached_block_bytes(), 0u);
    {
      std::vector<c10::DataPtr> many;
      for (int i = 0; i < 100; ++i) many.push_back(block(size_t{512} << 10));
    }
    EXPECT_GT(cached_block_bytes(), size_t{3} << 20);
    EXPECT_LE(cached_block_bytes(), size_t{4} << 20);
  };
  std::thread(keep).join();
}

TEST_F(BlockCache, TakesBackWhatAnotherThreadTook) {
  at::Tensor of_thread, of_ended_thread;
  std::thread([&] {
    of_thread = at::full({100}, 3.0);
    of_ended_thread = at::full({1000}, 4.0);
  }).join();
  EXPECT_EQ(of_thread.sum().item<double>(), 300);
  of_thread.reset();
  std::thread([&] { of_ended_thread.reset(); }).join();
  EXPECT_EQ(at::full({100}, 5.0).sum().item<double>(), 500);
}

}  // namespace
}  // namespace heed
