// Every test program's main, with the process set up as the heed binary does.
#include <gtest/gtest.h>

#include "core/process_settings.h"

int main(int argc, char** argv) {
  heed::prepare_process();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
