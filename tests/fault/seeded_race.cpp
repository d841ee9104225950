// A data race on purpose: what scripts/sanitize.sh must find, or it finds nothing.
#include <thread>

int main() {
  int shared = 0;
  std::thread other([&shared] { ++shared; });
  ++shared;
  other.join();
  return shared == 0 ? 1 : 0;
}
