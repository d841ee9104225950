// Two texts behind a byte that picks BLEU's tokenizer: the first half of the lines as translations of the second.
#include <array>
#include <cmath>

#include "core/utf8.h"
#include "eval/bleu.h"
#include "eval/chrf.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

namespace {

constexpr std::array kTokenizers = {BleuTokenizer::k13a, BleuTokenizer::kInternational, BleuTokenizer::kCharacter,
                                    BleuTokenizer::kChinese, BleuTokenizer::kNone};
constexpr double kRounding = 1e-9;  // of four logarithms and an exponential

void require_score(double score) {
  fuzz::require(score >= 0 && score <= 100 + kRounding, "a score lies between 0 and 100");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  std::vector<std::string> lines = fuzz::lines_of(fuzz::text_of(data + 1, size - 1));
  if (lines.size() % 2 != 0) lines.emplace_back();
  const auto half = static_cast<std::ptrdiff_t>(lines.size() / 2);
  const std::vector<std::string> found(lines.begin(), lines.begin() + half);
  const std::vector<std::string> expected(lines.begin() + half, lines.end());
  BleuOptions options;
  options.tokenizer = kTokenizers[data[0] % kTokenizers.size()];
  fuzz::accepts([&] {
    require_score(bleu(found, {expected}, options).score);
    require_score(chrf(found, {expected}, {.word_order = data[0] / 8 % 3}).score);
    const BleuScore self = bleu(found, {found}, options);
    if (self.totals.back() > 0)
      fuzz::require(std::abs(self.score - 100) < kRounding, "a text of four words or more is its own best translation");
  });
  return 0;
}
