#include "tensor/block_cache.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace heed {
namespace {

constexpr size_t kHeader = 64;  // before a block's data, whose alignment it keeps; its first byte is the block's class
constexpr size_t kSmallest = 64, kLargest = size_t{1} << 20;
constexpr size_t kStepsOfDoubling = 4;  // sizes of blocks: 64, 80, 96, 112, 128, 160, ...
constexpr size_t kClasses = kStepsOfDoubling * 14 + 1;
constexpr size_t kMostKept = size_t{4} << 20;
constexpr uint8_t kNoClass = 0xFF;

size_t size_of_class(size_t number) {
  const size_t base = kSmallest << (number / kStepsOfDoubling);
  return base + base / kStepsOfDoubling * (number % kStepsOfDoubling);
}

// The smallest that holds `size` bytes. REQUIRES: size <= kLargest.
size_t class_of(size_t size) {
  if (size <= kSmallest) return 0;
  const size_t doublings = static_cast<size_t>(std::bit_width((size - 1) / kSmallest)) - 1;
  const size_t step = (kSmallest << doublings) / kStepsOfDoubling;
  return doublings * kStepsOfDoubling + (size - (kSmallest << doublings) + step - 1) / step;
}

struct Cache {
  ~Cache();
  std::array<std::vector<char*>, kClasses> blocks;
  size_t bytes = 0;
};

// Null before a thread's first block and after its last: tensors may outlive what a thread keeps.
thread_local Cache* kept = nullptr;
thread_local bool has_ended = false;

Cache::~Cache() {
  kept = nullptr;
  has_ended = true;
  for (const auto& of_class : blocks)
    for (char* block : of_class) c10::free_cpu(block);
}

Cache* cache() {
  if (kept == nullptr && !has_ended) {
    thread_local Cache of_thread;
    kept = &of_thread;
  }
  return kept;
}

void give_back(void* data) {
  if (data == nullptr) return;
  char* const block = static_cast<char*>(data) - kHeader;
  const auto number = static_cast<uint8_t>(*block);
  Cache* const blocks = number == kNoClass ? nullptr : cache();
  if (blocks == nullptr || blocks->bytes + size_of_class(number) > kMostKept) return c10::free_cpu(block);
  blocks->bytes += size_of_class(number);
  blocks->blocks[number].push_back(block);
}

char* take(size_t number) {
  Cache* const blocks = cache();
  if (blocks != nullptr && !blocks->blocks[number].empty()) {
    char* const block = blocks->blocks[number].back();
    blocks->blocks[number].pop_back();
    blocks->bytes -= size_of_class(number);
    return block;
  }
  return static_cast<char*>(c10::alloc_cpu(kHeader + size_of_class(number)));
}

struct BlockAllocator : c10::Allocator {
  c10::DataPtr allocate(size_t size) override {
    if (size == 0) return {nullptr, nullptr, give_back, c10::kCPU};
    const bool is_small = size <= kLargest;
    const auto number = is_small ? static_cast<uint8_t>(class_of(size)) : kNoClass;
    char* const block = is_small ? take(number) : static_cast<char*>(c10::alloc_cpu(kHeader + size));
    *block = static_cast<char>(number);
    char* const data = block + kHeader;
    return {data, data, give_back, c10::kCPU};
  }
  c10::DeleterFnPtr raw_deleter() const override { return give_back; }
  void copy_data(void* to, const void* from, size_t size) const override { std::memcpy(to, from, size); }
};

}  // namespace

void cache_small_blocks() {
  static BlockAllocator& allocator = *new BlockAllocator;
  c10::SetCPUAllocator(&allocator, /*priority=*/1);
}

size_t cached_block_bytes() { return kept == nullptr ? 0 : kept->bytes; }

}  // namespace heed
