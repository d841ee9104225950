#include "text/charsmap.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace heed {

// The form (sentencepiece 0.1.97, builder.cc, normalizer.cc): the trie's size in bytes, 32 bits; the trie; the
// replacements, each ended by NUL, which the trie's values point into.
// The trie (darts-clone, DoubleArrayUnit): the children of a node lie at its offset ^ byte and are recognised by their
// label, that byte; the value of a node with a leaf lies at its own offset. A unit of bit 31 alone is nobody's child.
std::string tab_to_space_charsmap() {
  static_assert(std::endian::native == std::endian::little, "charsmaps are little-endian");
  constexpr uint32_t kNobody = uint32_t{1} << 31, kHasLeaf = 1 << 8, kOffsetShift = 10;
  constexpr uint32_t kTab = '\t', kChildren = 256, kTabNode = kChildren ^ kTab, kLeaf = 1;
  std::vector<uint32_t> units(kChildren + 256, kNobody);
  units[0] = kChildren << kOffsetShift;
  units[kTabNode] = (kTabNode ^ kLeaf) << kOffsetShift | kHasLeaf | kTab;
  units[kLeaf] = kNobody | 0;  // the first replacement

  const auto size = static_cast<uint32_t>(units.size() * sizeof(uint32_t));
  std::string charsmap(sizeof(size) + size, '\0');
  std::memcpy(charsmap.data(), &size, sizeof(size));
  std::memcpy(charsmap.data() + sizeof(size), units.data(), size);
  return charsmap + std::string(" \0", 2);
}

}  // namespace heed
