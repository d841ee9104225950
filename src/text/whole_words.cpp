#include "text/whole_words.h"

#include <algorithm>

#include "core/error.h"
#include "text/language_code.h"
#include "text/space_mark.h"

namespace heed {

bool has_whole_words(const Tokenizer& tokenizer) {
  return tokenizer.type() == TokenizerType::kWord || tokenizer.type() == TokenizerType::kNone;
}

std::vector<std::string_view> split_tokens(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  std::vector<std::string_view> tokens;
  for (size_t begin = text.find_first_not_of(kBlank); begin != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(kBlank, begin), text.size());
    tokens.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBlank, end);
  }
  return tokens;
}

std::vector<std::string_view> marked_words(std::string_view normalized) {
  std::vector<std::string_view> words;
  for (size_t begin = normalized.find(kSpaceMark); begin != std::string_view::npos;) {
    const size_t end = std::min(normalized.find(kSpaceMark, begin + kSpaceMark.size()), normalized.size());
    if (end - begin > kSpaceMark.size()) words.push_back(normalized.substr(begin, end - begin));
    begin = end == normalized.size() ? std::string_view::npos : end;
  }
  return words;
}

std::vector<std::string> unknown_words(const Tokenizer& tokenizer, std::string_view normalized) {
  if (!has_whole_words(tokenizer)) throw Error("unknown words are those of a tokenizer of type word or none");
  std::vector<std::string> unknown;
  const auto add = [&](std::string_view piece, std::string_view word) {
    const auto id = tokenizer.vocabulary().find(piece);
    if (!id || tokenizer.vocabulary().is_special(*id)) unknown.emplace_back(word);
  };
  if (tokenizer.type() == TokenizerType::kNone) {
    for (const std::string_view token : split_tokens(normalized)) add(token, token);
    return unknown;
  }
  if (normalized.starts_with(kCodeMark)) normalized.remove_prefix(1 + language_code_length(normalized.substr(1)));
  for (const std::string_view piece : marked_words(normalized)) add(piece, piece.substr(kSpaceMark.size()));
  return unknown;
}

}  // namespace heed
