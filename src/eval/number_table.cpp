#include "eval/number_table.h"

#include <utility>

namespace heed {
namespace {

constexpr size_t kFirstSlots = 1024, kMostKeptSlots = size_t{1} << 16;

// A table that no line uses, and how many lines have used it.
template <class Slots>
struct Kept {
  Slots slots;
  uint32_t line;
};

// Of this thread; the last one is warm in the caches.
template <class Slots>
std::vector<Kept<Slots>>& kept() {
  thread_local std::vector<Kept<Slots>> tables;
  return tables;
}

}  // namespace

NumberTable::NumberTable() {
  auto& tables = kept<decltype(slots_)>();
  if (tables.empty()) {
    slots_.resize(kFirstSlots);
  } else {
    slots_ = std::move(tables.back().slots);
    line_ = tables.back().line;
    tables.pop_back();
  }
  if (++line_ == 0) {  // all numbers of lines have been used
    slots_.assign(slots_.size(), {});
    line_ = 1;
  }
}

NumberTable::~NumberTable() {
  if (slots_.size() <= kMostKeptSlots) kept<decltype(slots_)>().push_back({std::move(slots_), line_});
}

void NumberTable::grow() {
  std::vector<Slot> before(2 * slots_.size());
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.line != line_) continue;
    size_t at = place(slot.key);
    while (slots_[at].line == line_) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

}  // namespace heed
