// Every test program's main: the environment the heed binary sets before LibTorch starts (see cli/main.cpp).
#include <gtest/gtest.h>

#include <cstdlib>

int main(int argc, char** argv) {
  setenv("MKL_CBWR", "AUTO,STRICT", 0);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
