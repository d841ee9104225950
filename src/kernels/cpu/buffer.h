#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

namespace heed {
namespace {

// Working memory aligned to the lanes. Not std::vector: its functions would be compiled for this instruction set under
// a name that other code shares.
template <class A>
class Buffer {
 public:
  explicit Buffer(int64_t size = 0)
      : size_(size), data_(size ? static_cast<A*>(::operator new (bytes(), std::align_val_t{64})) : nullptr) {}
  ~Buffer() {
    if (data_) ::operator delete (data_, std::align_val_t{64});
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  A* data() { return data_; }
  A& operator[](int64_t i) { return data_[i]; }
  void clear() {
    if (data_) std::memset(data_, 0, bytes());
  }

 private:
  size_t bytes() const { return static_cast<size_t>(size_) * sizeof(A); }
  int64_t size_;
  A* data_;
};

}  // namespace
}  // namespace heed
