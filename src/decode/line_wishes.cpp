#include "decode/line_wishes.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/random.h"
#include "decode/hypothesis.h"

namespace heed {
namespace {

using Tokens = std::vector<int64_t>;

int64_t total_size(const std::vector<Tokens>& phrases) {
  int64_t total = 0;
  for (const Tokens& phrase : phrases) total += static_cast<int64_t>(phrase.size());
  return total;
}

}  // namespace

LineWishes wishes_in_tokens(const TextWishes& wishes, const std::vector<int32_t>& source, int64_t number,
                            const LineEncoder& encoder, const Tokenizer& tokenizer, const DecodeConfig& config) {
  const int32_t unk = tokenizer.vocabulary().special().unk;
  const auto tokens_of = [&](const char* what, const std::string& text) {
    Tokens tokens;
    for (const int32_t id : tokenizer.encode(encoder.readable(text))) {
      if (id == unk && !config.allow_unk)
        throw DataError(
            fmt::format("{} {}: it has a word or character that the model has no piece for; with "
                        "--decode.allow_unk=true it would be written as unknown",
                        what, number));
      tokens.push_back(id);
    }
    return tokens;
  };
  const auto phrases_of = [&](const char* what, const std::vector<std::string>& texts) {
    std::vector<Tokens> phrases;
    for (const std::string& text : texts)
      if (Tokens tokens = tokens_of(what, text); !tokens.empty()) phrases.push_back(std::move(tokens));
    return phrases;
  };

  LineWishes result;
  for (const int32_t id : source) result.key = mix64(result.key ^ static_cast<uint64_t>(id));
  result.prefix = tokens_of("prefix", wishes.prefix);
  result.phrases = phrases_of("phrases", wishes.phrases);
  result.avoided = phrases_of("avoided phrases", wishes.avoided);
  if (source.empty()) return result;
  const int64_t limit = length_limit(config, static_cast<int64_t>(source.size()) + 1);
  const auto refuse = [&](const char* what, int64_t size) {
    throw DataError(
        fmt::format("{} {}: {} pieces, but the translation of its line may have {} "
                    "(decode.max_length, decode.max_length_ratio)",
                    what, number, size, limit));
  };
  const auto of_prefix = static_cast<int64_t>(result.prefix.size()), of_phrases = total_size(result.phrases);
  if (of_prefix >= limit) refuse("prefix", of_prefix);
  if (of_prefix + of_phrases > limit) refuse("phrases", of_prefix + of_phrases);
  return result;
}

}  // namespace heed
