#include "text/language_code.h"

#include "text/space_mark.h"

namespace heed {
namespace {}  // namespace

size_t language_code_length(std::string_view text) {
  const size_t end = text.starts_with(">>") ? text.find("<<") : std::string_view::npos;
  return end == std::string_view::npos ? 0 : end + 2;
}

std::optional<int32_t> find_language_code(const Vocabulary& vocabulary, std::string_view code) {
  const auto marked = vocabulary.find(std::string(kSpaceMark) + std::string(code));
  return marked ? marked : vocabulary.find(code);
}

std::map<std::string, std::string> language_codes(const Vocabulary& vocabulary) {
  std::map<std::string, std::string> codes;
  for (const std::string& piece : vocabulary.pieces()) {
    const std::string code = piece.starts_with(kSpaceMark) ? piece.substr(kSpaceMark.size()) : piece;
    if (code.empty() || language_code_length(code) != code.size()) continue;
    codes[code] = vocabulary.piece(*find_language_code(vocabulary, code));
  }
  return codes;
}

}  // namespace heed
