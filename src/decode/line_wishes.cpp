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

// Texts of the wishes for line `number`, in tokens.
struct Cutter {
  int64_t number;
  const LineEncoder& encoder;
  bool allow_unk;

  Tokens tokens(const char* what, const std::string& text) const {
    const int32_t unk = encoder.target_tokenizer().vocabulary().special().unk;
    Tokens result;
    for (const int32_t id : encoder.target_tokenizer().encode(encoder.readable(text))) {
      if (id == unk && !allow_unk)
        throw DataError(
            fmt::format("{} {}: it has a word or character that the model has no piece for; with "
                        "--decode.allow_unk=true it would be written as unknown",
                        what, number));
      result.push_back(id);
    }
    return result;
  }

  std::vector<Tokens> phrases(const char* what, const std::vector<std::string>& texts) const {
    std::vector<Tokens> result;
    for (const std::string& text : texts)
      if (Tokens of_text = tokens(what, text); !of_text.empty()) result.push_back(std::move(of_text));
    return result;
  }
};

void require_room(const LineWishes& wishes, int64_t number, int64_t limit) {
  const auto refuse = [&](const char* what, int64_t size) {
    throw DataError(
        fmt::format("{} {}: {} pieces, but the translation of its line may have {} "
                    "(decode.max_length, decode.max_length_ratio)",
                    what, number, size, limit));
  };
  const auto of_prefix = static_cast<int64_t>(wishes.prefix.size()), of_all = of_prefix + total_size(wishes.phrases);
  if (of_prefix >= limit) refuse("prefix", of_prefix);
  if (of_all > limit) refuse("phrases", of_all);
}

}  // namespace

LineWishes wishes_in_tokens(const TextWishes& wishes, const std::vector<int32_t>& source, int64_t number,
                            const LineEncoder& encoder, const DecodeConfig& config) {
  const Cutter cut{number, encoder, config.allow_unk};
  LineWishes result;
  for (const int32_t id : source) result.key = mix64(result.key ^ static_cast<uint64_t>(id));
  result.prefix = cut.tokens("prefix", wishes.prefix);
  result.phrases = cut.phrases("phrases", wishes.phrases);
  result.avoided = cut.phrases("avoided phrases", wishes.avoided);
  if (!source.empty()) require_room(result, number, length_limit(config, static_cast<int64_t>(source.size()) + 1));
  return result;
}

}  // namespace heed
