// Every test program's main, with the process set up as the heed binary does. A shell starts what runs in the
// background with signals ignored, which tests and the programs they start would inherit.
#include <gtest/gtest.h>

#include <csignal>

#include "core/process_settings.h"

int main(int argc, char** argv) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
  heed::prepare_process();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
