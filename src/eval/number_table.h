#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heed {

// Numbers keys of 64 bits in the order in which they come, from 0: a hash table in one piece, which the next line's use
// clears at no cost. A table is taken from those that its thread keeps and goes back there.
class NumberTable {
 public:
  NumberTable();
  ~NumberTable();
  NumberTable(const NumberTable&) = delete;
  NumberTable& operator=(const NumberTable&) = delete;

  // The key's number; a new one for a new key.
  uint32_t number(uint64_t key) {
    if (2 * size_ >= slots_.size()) grow();
    for (size_t at = place(key);; at = (at + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[at];
      if (slot.line != line_) {
        slot = {key, line_, static_cast<uint32_t>(size_)};
        return static_cast<uint32_t>(size_++);
      }
      if (slot.key == key) return slot.number;
    }
  }
  // kNone for a key that has none.
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t find(uint64_t key) const {
    for (size_t at = place(key);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.line != line_) return kNone;
      if (slot.key == key) return slot.number;
    }
  }

 private:
  struct Slot {
    uint64_t key = 0;
    uint32_t line = 0, number = 0;  // `line`: of which use the slot is; 0: of none
  };

  size_t place(uint64_t key) const {
    return static_cast<size_t>((key * 0x9E3779B97F4A7C15u) >> 32) & (slots_.size() - 1);
  }
  void grow();

  std::vector<Slot> slots_;  // a power of two
  uint32_t line_ = 0;
  size_t size_ = 0;
};

}  // namespace heed
