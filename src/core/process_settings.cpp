#include "core/process_settings.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace heed {

namespace {

// A file opened later must not get the number of a closed stream, and then what is meant for that. Opened the wrong way
// round, input and output fail as they do when they are closed; there is nobody to be told of messages.
void take_closed_streams() {
  for (const auto& [stream, mode] :
       {std::pair{STDIN_FILENO, O_WRONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}})
    if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", mode) < 0) {
      std::perror("heed: error: a standard stream is closed, and /dev/null cannot be opened in its place");
      _exit(1);
    }
}

}  // namespace

void prepare_process() {
  take_closed_streams();
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
