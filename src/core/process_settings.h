#pragma once

namespace heed {

// Settings of the whole process, to be made first thing in main, before any other thread or library wakes:
//   - MKL_CBWR=AUTO,STRICT unless set: a row of MKL's product keeps its bits whatever the number of rows and threads;
//   - PYTORCH_ALLOC_CONF=expandable_segments:True unless set (or PYTORCH_CUDA_ALLOC_CONF is): blocks of ever other
//   sizes do not fragment a GPU's memory;
//   - the allocator keeps big blocks instead of returning them to the system: a training step makes and drops tensors
//     of many megabytes, and fresh pages cost more than the arithmetic on them;
//   - standard streams that are closed stay unusable, but their numbers are taken: a log line never ends up among
//     data, and an answer is never lost without an error;
//   - a closed pipe and a file size limit are errors of write, reported like a full disk, not signals.
void prepare_process();

}  // namespace heed
