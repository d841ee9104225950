#include "eval/western_tokens.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "eval/respacing.h"
#include "eval/text_line.h"

namespace heed {
namespace {

enum class Kind : uint8_t { kOther, kSymbol, kPoint, kDash, kMaybeSpace };

// By a character's first byte. Those that follow it are kOther, as letters are.
constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds{};
  for (size_t byte = 0; byte < kinds.size(); ++byte) {
    const auto c = static_cast<char32_t>(byte);
    if (begins_space(static_cast<unsigned char>(byte))) kinds[byte] = Kind::kMaybeSpace;
    if (is_western_symbol(c)) kinds[byte] = Kind::kSymbol;
    if (is_point(c)) kinds[byte] = Kind::kPoint;
    if (is_dash(c)) kinds[byte] = Kind::kDash;
  }
  return kinds;
}();

class Cutter {
 public:
  Cutter(std::string_view text, Edges edges) : text_(text), open_(edges == Edges::kNothing) {
    constexpr size_t kBytesOfAToken = 4;  // hardly any line has shorter ones on average
    tokens_.reserve(text.size() / kBytesOfAToken + 1);
  }

  std::vector<std::string_view> tokens() && {
    while (at_ < text_.size()) step(kKinds[static_cast<unsigned char>(text_[at_])]);
    end_token(text_.size());
    return std::move(tokens_);
  }

 private:
  void step(Kind kind) {
    switch (kind) {
      case Kind::kMaybeSpace:
        return skip_space();
      case Kind::kSymbol:
        return take_apart();
      case Kind::kPoint:
        return take_points();
      case Kind::kDash:
        if (at_ > 0 && digit_at(at_ - 1)) return take_apart();
        break;
      case Kind::kOther:
        break;
    }
    ++at_;
  }

  void skip_space() {
    const size_t length = space_length(text_, at_);
    if (length > 0) end_token(at_);
    at_ += length > 0 ? length : 1;
    if (length > 0) begin_ = at_;
  }

  // A token of its own; a space would be none.
  void take_apart() {
    end_token(at_);
    ++at_;
    if (text_[begin_] != ' ') tokens_.push_back(text_.substr(begin_, 1));
    begin_ = at_;
  }

  // All points of a run are apart, but the last one may belong to the digit behind it, and a single one to that before
  // it, too. The expressions match pairs from the left: before a run of even length behind a letter, or of odd length
  // behind a digit, they leave the last one alone.
  void take_points() {
    size_t end = at_;
    while (end < text_.size() && is_point(text_[end])) ++end;
    const bool behind_digit = at_ == 0 ? open_ : digit_at(at_ - 1);
    const bool before_digit = end == text_.size() ? open_ : digit_at(end);
    const bool odd = (end - at_) % 2 == 1;
    const bool last_stays = before_digit && behind_digit == odd;
    const bool single = end - at_ == 1;
    while (at_ < end - (last_stays ? 1 : 0)) take_apart();
    if (last_stays && !single) end_token(at_);
    at_ = end;
  }

  bool digit_at(size_t i) const { return is_digit(static_cast<unsigned char>(text_[i])); }

  void end_token(size_t end) {
    if (end > begin_) tokens_.push_back(text_.substr(begin_, end - begin_));
    begin_ = end;
  }

  std::string_view text_;
  bool open_;
  size_t begin_ = 0, at_ = 0;  // of the token, and what comes next
  std::vector<std::string_view> tokens_;
};

}  // namespace

std::vector<std::string_view> western_tokens(std::string_view text, Edges edges) {
  return Cutter(text, edges).tokens();
}

}  // namespace heed
