#include "eval/numpy_random.h"

#include <array>

namespace heed {
namespace {

constexpr int kPool = 4;

// numpy's SeedSequence, of one word of entropy.
class SeedSequence {
 public:
  explicit SeedSequence(uint32_t seed) {
    pool_[0] = hashed(seed);
    for (int i = 1; i < kPool; ++i) pool_[i] = hashed(0);
    for (int from = 0; from < kPool; ++from)
      for (int to = 0; to < kPool; ++to)
        if (from != to) pool_[to] = mixed(pool_[to], hashed(pool_[from]));
  }

  std::array<uint64_t, kPool> words() const {
    std::array<uint64_t, kPool> words{};
    uint32_t constant = 0x8b51f9dd;
    for (int i = 0; i < 2 * kPool; ++i) {
      uint32_t value = pool_[i % kPool] ^ constant;
      constant *= 0x58f38ded;
      value *= constant;
      words[i / 2] |= uint64_t{value ^ (value >> 16)} << (i % 2 * 32);
    }
    return words;
  }

 private:
  uint32_t hashed(uint32_t value) {
    value ^= constant_;
    constant_ *= 0x931e8875;
    value *= constant_;
    return value ^ (value >> 16);
  }
  static uint32_t mixed(uint32_t x, uint32_t y) {
    const uint32_t result = 0xca01f9dd * x - 0x4973f715 * y;
    return result ^ (result >> 16);
  }

  uint32_t constant_ = 0x43b0d7e5;
  std::array<uint32_t, kPool> pool_{};
};

constexpr __uint128_t wide(uint64_t high, uint64_t low) { return (__uint128_t{high} << 64) | low; }

}  // namespace

NumpyRandom::NumpyRandom(uint32_t seed) {
  const auto words = SeedSequence(seed).words();
  increment_ = (wide(words[2], words[3]) << 1) | 1;
  next64();
  state_ += wide(words[0], words[1]);
  next64();
}

uint64_t NumpyRandom::next64() {
  state_ = state_ * wide(2549297995355413924u, 4865540595714422341u) + increment_;
  const auto folded = static_cast<uint64_t>(state_ >> 64) ^ static_cast<uint64_t>(state_);
  const auto turn = static_cast<unsigned>(state_ >> 122);
  return (folded >> turn) | (folded << (-turn & 63));
}

uint32_t NumpyRandom::next32() {
  has_half_ = !has_half_;
  if (!has_half_) return half_;
  const uint64_t both = next64();
  half_ = static_cast<uint32_t>(both >> 32);
  return static_cast<uint32_t>(both);
}

// Lemire 2019, "Fast Random Integer Generation in an Interval".
uint32_t NumpyRandom::below(uint32_t size) {
  if (size == 1) return 0;
  uint64_t product = uint64_t{next32()} * size;
  if (static_cast<uint32_t>(product) < size)
    for (const uint32_t threshold = -size % size; static_cast<uint32_t>(product) < threshold;)
      product = uint64_t{next32()} * size;
  return static_cast<uint32_t>(product >> 32);
}

bool NumpyRandom::flip() {
  if (bits_left_ == 0) {
    bits_ = next32();
    bits_left_ = 32;
  } else {
    bits_ >>= 1;
  }
  --bits_left_;
  return (bits_ & 1) != 0;
}

}  // namespace heed
