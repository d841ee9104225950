#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>

namespace heed {

// Counter-based randomness: every draw is a pure function of (seed, purpose, coordinates, position), so there is no
// generator state to save, and no draw depends on the thread that makes it or on what was drawn before.
//
// The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
// generators", section 3; constants by D. Stafford, variant 13).

enum class Purpose : uint64_t {
  kInitialization = 1,    // coordinates: parameter number
  kDropout = 2,           // coordinates: update, micro-batch, site
  kBatchOrder = 3,        // coordinates: epoch
  kSubwordNoise = 4,      // coordinates: epoch, sentence, side
  kVocabularySample = 5,  // coordinates: none
  kToy = 6,               // coordinates: split, line
  kSampling = 7,          // coordinates: line, hypothesis
  kReward = 8,            // coordinates: key of the update's dropout, sentence
};

constexpr uint64_t mix64(uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

// The key of one stream of draws.
constexpr uint64_t random_key(uint64_t seed, Purpose purpose, std::initializer_list<uint64_t> coordinates = {}) {
  uint64_t key = mix64(mix64(seed) ^ static_cast<uint64_t>(purpose));
  for (uint64_t coordinate : coordinates) key = mix64(key ^ coordinate);
  return key;
}

// The draws of one stream in order. Cheap to make; copy it to draw the same numbers again.
class RandomStream {
 public:
  explicit constexpr RandomStream(uint64_t key) : key_(key) {}

  constexpr uint64_t next() { return mix64(key_ ^ mix64(position_++)); }

  // Uniform in [0, 1), 53 bits.
  constexpr double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  // Uniform in [0, bound), bound > 0; the bias of the multiply-shift is below 2^-32 for bounds under 2^32.
  constexpr uint64_t below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }

 private:
  uint64_t key_;
  uint64_t position_ = 0;
};

// Fisher-Yates. The order is a pure function of the stream.
template <class Container>
void shuffle(Container& values, RandomStream stream) {
  for (size_t i = values.size(); i > 1; --i) {
    const size_t j = stream.below(i);
    std::swap(values[i - 1], values[j]);
  }
}

}  // namespace heed
