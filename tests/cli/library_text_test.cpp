#include "cli/library_text.h"

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

namespace heed {
namespace {

TEST(LibraryText, AFailedAllocationIsInPlainWords) {
  try {
    at::empty({int64_t{1} << 50});
    FAIL() << "four petabytes are there";
  } catch (const c10::Error& error) {
    EXPECT_EQ(
        library_text(error.what_without_backtrace()),
        "not enough memory: 4503599627370496 bytes were asked for at once; a smaller model or smaller batches need "
        "less");
  }
}

// The text of c10/cuda/CUDACachingAllocator.cpp; no GPU is needed to read it.
TEST(LibraryText, AGpusFailedAllocationIsInPlainWords) {
  EXPECT_EQ(
      library_text("CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.11 GiB of which "
                   "1.19 GiB is free. Including non-PyTorch memory, this process has 77.91 GiB memory in use.\n"
                   "Exception raised from malloc at CUDACachingAllocator.cpp:1500"),
      "not enough memory on the GPU: 2.50 GiB were asked for at once; a smaller model or smaller batches need less");
  EXPECT_EQ(
      library_text("CUDA out of memory. Tried to allocate more than 1EB memory."),
      "not enough memory on the GPU: more than 1EB memory were asked for at once; a smaller model or smaller batches "
      "need less");
}

TEST(LibraryText, OneDnnsIsOfMemoryToo) {
  EXPECT_EQ(library_text("could not create a primitive"), kNoMemory);
  EXPECT_EQ(library_text("could not execute a primitive"), kNoMemory);
}

TEST(LibraryText, AnythingElseIsItsFirstLine) {
  EXPECT_EQ(library_text("mat1 and mat2 shapes cannot be multiplied\nException raised from"),
            "mat1 and mat2 shapes cannot be multiplied");
  EXPECT_EQ(library_text(""), "");
}

}  // namespace
}  // namespace heed
