#include "text/charsmap.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/utf8.h"

namespace heed {
namespace {

static_assert(std::endian::native == std::endian::little, "charsmaps are little-endian");

// The form (sentencepiece 0.1.97, builder.cc, normalizer.cc): the trie's size in bytes, 32 bits; the trie; the
// replacements, each ended by NUL, which the trie's values point into.
// The trie (darts-clone, DoubleArrayUnit): the children of a node lie at its offset ^ byte and are recognised by their
// label, that byte; the value of a node with a leaf lies at its own offset. A unit of bit 31 alone is nobody's child.
constexpr uint32_t kNobody = uint32_t{1} << 31, kHasLeaf = 1 << 8, kLongOffset = 1 << 9, kOffsetShift = 10;
constexpr uint32_t kLabel = kNobody | 0xFF;

uint32_t offset_of(uint32_t unit) { return (unit >> kOffsetShift) << ((unit & kLongOffset) >> 6); }

// Follows every text through a trie, as the library would.
class TrieCheck {
 public:
  TrieCheck(std::string_view bytes, size_t replacements)
      : units_(bytes.size() / sizeof(uint32_t)), leaves_(units_.size(), kUnseen), replacements_(replacements) {
    std::memcpy(units_.data(), bytes.data(), bytes.size());
  }

  bool is_sound() { return leaves_below(offset_of(units_[0]), 0) != kBad; }

 private:
  static constexpr int8_t kUnseen = -1, kBad = -2;
  static constexpr int8_t kMaxLeaves = 32;  // of one text, Normalizer::kMaxTrieResultsSize: room that the library has
  static constexpr int kMaxDepth = 256;     // bytes of a rule; no trie that is a circle is so shallow

  // The most leaves that a text passes from the children at `base` on. Tries share branches: each is looked at once.
  int8_t leaves_below(uint32_t base, int depth) {
    if (depth == kMaxDepth || (base | 0xFF) >= units_.size()) return kBad;
    if (leaves_[base] != kUnseen) return leaves_[base];
    int8_t most = 0;
    for (uint32_t byte = 0; byte <= 0xFF; ++byte) {
      const uint32_t child = base ^ byte;
      const uint32_t unit = units_[child];
      if ((unit & kLabel) != byte) continue;
      const uint32_t next = child ^ offset_of(unit);
      const int8_t below = leaves_below(next, depth + 1);
      if (below == kBad) return kBad;
      const bool leaf = (unit & kHasLeaf) != 0;
      if (leaf && (units_[next] & ~kNobody) >= replacements_) return kBad;
      most = std::max<int8_t>(most, static_cast<int8_t>(below + (leaf ? 1 : 0)));
    }
    return leaves_[base] = most > kMaxLeaves ? kBad : most;
  }

  std::vector<uint32_t> units_;
  std::vector<int8_t> leaves_;  // by base
  size_t replacements_;         // bytes of them
};

}  // namespace

std::string tab_to_space_charsmap() {
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

std::optional<std::string> charsmap_fault(std::string_view charsmap) {
  constexpr size_t kSmallest = 256 * sizeof(uint32_t);  // a root with room for its children
  uint32_t size = 0;
  if (charsmap.empty()) return std::nullopt;  // no rules
  if (charsmap.size() < sizeof(size)) return "its normalisation rules end too early";
  std::memcpy(&size, charsmap.data(), sizeof(size));
  charsmap.remove_prefix(sizeof(size));
  if (size > charsmap.size() || size % sizeof(uint32_t) != 0 || size < kSmallest)
    return "a wrong size of its normalisation rules";
  const std::string_view replacements = charsmap.substr(size);
  if (replacements.empty() || replacements.back() != '\0' || find_invalid_utf8(replacements))
    return "normalisation to what is no text";
  if (!TrieCheck(charsmap.substr(0, size), replacements.size()).is_sound())
    return "normalisation rules that lead outside of them";
  return std::nullopt;
}

}  // namespace heed
