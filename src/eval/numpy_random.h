#pragma once

#include <cstdint>

namespace heed {

// The numbers of numpy.random.default_rng(seed): PCG64 (O'Neill 2014) seeded by a SeedSequence. Significance tests draw
// the samples that sacreBLEU draws with them.
class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t seed);

  // choice(size) with replacement and integers(size): 0 to size - 1. REQUIRES: 1 <= size < 2^32.
  uint32_t below(uint32_t size);
  // integers(2, dtype=bool): 32 of them from one number, as long as nothing else is asked for between them.
  bool flip();

 private:
  uint64_t next64();
  uint32_t next32();

  __uint128_t state_ = 0, increment_ = 0;
  uint32_t half_ = 0, bits_ = 0;  // kept for the next call
  bool has_half_ = false;
  int bits_left_ = 0;
};

}  // namespace heed
