// relative_buckets_dump FARTHEST
//
// Lines "DISTANCE CAUSAL BUCKET" for tests/interop/relative_buckets.py: buckets of relative positions, at distances
// -FARTHEST .. FARTHEST, in an encoder (0) and in a decoder (1).

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "core/process_settings.h"
#include "nn/attention/relative_positions.h"

int main(int argc, char** argv) {
  heed::prepare_process();
  if (argc != 2) {
    std::fprintf(stderr, "usage: relative_buckets_dump FARTHEST\n");
    return 2;
  }
  const int64_t farthest = std::atoll(argv[1]);
  for (const bool causal : {false, true}) {
    for (int64_t distance = -farthest; distance <= farthest; ++distance) {
      const int64_t bucket = heed::relative_bucket(distance, causal);
      std::printf("%lld %d %lld\n", static_cast<long long>(distance), causal, static_cast<long long>(bucket));
    }
  }
  return 0;
}
