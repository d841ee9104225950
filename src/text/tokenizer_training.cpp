#include "text/tokenizer_training.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/file_bytes.h"
#include "core/work.h"
#include "text/sentencepiece_training.h"
#include "text/training_lines.h"
#include "text/whole_words.h"

namespace heed {
namespace {

constexpr int64_t kLinesOfAStep = 10000;                                            // between two reports
const std::vector<std::string> kSpecialPieces = {"<pad>", "<unk>", "<s>", "</s>"};  // in id order

Tokenizer collect_tokens(const TokenizerConfig& config, TrainingSides sides, const std::string& name) {
  Work work("reading text for the vocabulary", "lines");
  TrainingText text(std::move(sides));
  std::unordered_map<std::string, int64_t> counts;
  std::string line;
  for (int64_t lines = 1; text.next(line); ++lines) {
    for (const std::string_view token : split_tokens(line)) ++counts[std::string(token)];
    if (lines % kLinesOfAStep == 0) work.advance(kLinesOfAStep);
  }
  for (const std::string& special : kSpecialPieces) counts.erase(special);
  if (counts.empty()) throw DataError("tokenizer: " + name + " is blank: nothing to train on");

  std::vector<std::pair<std::string, int64_t>> tokens(counts.begin(), counts.end());
  std::sort(tokens.begin(), tokens.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::vector<std::string> pieces = kSpecialPieces;
  for (const auto& [token, count] : tokens) {
    if (static_cast<int64_t>(pieces.size()) >= config.vocab_size) break;
    pieces.push_back(token);
  }
  return Tokenizer::from_tokens(Vocabulary(std::move(pieces), SpecialIds{}, "tokenizer"));
}

// tokenizer.sampling means one thing for bpe and another for unigram.
void require_type(TokenizerType asked, TokenizerType found, const std::string& path) {
  if (asked == found) return;
  throw ConfigError(std::string("tokenizer.type is ") + std::string(name_of(asked)) + ", but " + path + " is a " +
                    std::string(name_of(found)) + " model");
}

// One side, or both where they share a vocabulary.
struct Side {
  std::string model_path;  // of a given model
  std::vector<std::vector<std::string>> files;
  std::string text;  // what messages call the files
};

std::shared_ptr<const Tokenizer> make_side(const TokenizerConfig& config, const Side& side, const TrainingTexts& texts,
                                           uint64_t seed) {
  if (!side.model_path.empty()) {
    auto given = std::make_shared<Tokenizer>(Tokenizer::from_model(read_file_bytes(side.model_path), side.model_path));
    require_type(config.type, given->type(), side.model_path);
    return given;
  }
  TrainingSides lines{side.files, texts.invalid_utf8, config.training_lines, seed};
  if (config.type == TokenizerType::kNone)
    return std::make_shared<Tokenizer>(collect_tokens(config, std::move(lines), side.text));
  return std::make_shared<Tokenizer>(
      Tokenizer::from_model(train_sentencepiece(config, std::move(lines), side.text), "trained tokenizer"));
}

}  // namespace

Tokenizers make_tokenizers(const TokenizerConfig& config, const TrainingTexts& texts, uint64_t seed) {
  if (config.shared) {
    const Side both_sides{config.source_model, {texts.source, texts.target}, "the training text"};
    const auto both = make_side(config, both_sides, texts, seed);
    return {both, both};
  }
  return {make_side(config, {config.source_model, {texts.source}, "the source text"}, texts, seed),
          make_side(config, {config.target_model, {texts.target}, "the target text"}, texts, seed)};
}

}  // namespace heed
