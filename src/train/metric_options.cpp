#include "train/metric_options.h"

#include <string_view>
#include <utility>

#include "text/training_lines.h"

namespace heed {
namespace {

constexpr size_t kPartBytes = size_t{1} << 16;  // that are cut at once: what a line costs grows with its square

std::vector<std::string> pieces_of(const Tokenizer& tokenizer, std::string_view line) {
  std::vector<std::string> pieces;
  while (!line.empty())
    for (std::string& piece : tokenizer.pieces(take_part(line, kPartBytes))) pieces.push_back(std::move(piece));
  return pieces;
}

}  // namespace

MetricOptions metric_options(const EvalConfig& config, const Tokenizers& tokenizers) {
  MetricOptions options;
  options.bleu.tokenizer = config.bleu_tokenize;
  options.bleu.pieces.fingerprint = tokenizers.target->fingerprint();
  options.bleu.pieces.cut = [tokenizer = tokenizers.target](const std::string& line) {
    return pieces_of(*tokenizer, line);
  };
  return options;
}

}  // namespace heed
