#include "core/process_settings.h"

#include <malloc.h>

#include <cstdlib>

namespace heed {

void prepare_process() {
  setenv("MKL_CBWR", "AUTO,STRICT", /*overwrite=*/0);
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
  mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace heed
