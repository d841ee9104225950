#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace heed {

class JsonObject;

// The ids with a meaning of their own. Heed trains 0, 1, 2, 3; imported models have others, and may lack a pad (-1).
struct SpecialIds {
  int64_t pad = 0;
  int64_t unk = 1;
  int64_t bos = 2;
  int64_t eos = 3;

  bool operator==(const SpecialIds&) const = default;
};

// Pieces in the order of their ids. Immutable, so safe to share between threads.
class Vocabulary {
 public:
  // DataError, beginning with `origin`, unless the pieces are distinct, non-empty UTF-8 and pad (if not -1), unk, bos
  // and eos are different ids of them.
  Vocabulary(std::vector<std::string> pieces, const SpecialIds& special, const std::string& origin);

  int64_t size() const { return static_cast<int64_t>(pieces_.size()); }
  const std::string& piece(int64_t id) const { return pieces_.at(static_cast<size_t>(id)); }
  const std::vector<std::string>& pieces() const { return pieces_; }
  const SpecialIds& special() const { return special_; }
  bool is_special(int64_t id) const;

  std::optional<int32_t> find(std::string_view piece) const;

  // {"pad": 0, "unk": 1, "bos": 2, "eos": 3, "pieces": ["<pad>", ...]}: equal vocabularies give equal bytes.
  std::string to_json() const;
  static Vocabulary from_json(
      const JsonObject& json);  // DataError as above, or where a key is missing or no such thing

  bool operator==(const Vocabulary& other) const { return pieces_ == other.pieces_ && special_ == other.special_; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::vector<std::string> pieces_;
  SpecialIds special_;
  std::unordered_map<std::string, int32_t, Hash, std::equal_to<>> ids_;
};

}  // namespace heed
