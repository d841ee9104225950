#include "core/process_settings.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace heed {

namespace {

// A file opened later must not get the number of a closed stream, and then what is meant for that.
void open_standard_streams() {
  for (int descriptor = open("/dev/null", O_RDWR); descriptor >= 0; descriptor = dup(descriptor))
    if (descriptor > STDERR_FILENO) {
      close(descriptor);
      return;
    }
}

}  // namespace

void prepare_process() {
  open_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  setenv("MKL_CBWR", "AUTO,STRICT", /*overwrite=*/0);
  if (!getenv("PYTORCH_CUDA_ALLOC_CONF")) setenv("PYTORCH_ALLOC_CONF", "expandable_segments:True", /*overwrite=*/0);
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
  mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace heed
