#include "text/tokenizer_training.h"

#include <sentencepiece_trainer.h>

#include <algorithm>
#include <exception>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/file_bytes.h"
#include "core/logging.h"
#include "text/sentencepiece_model.h"
#include "text/training_lines.h"

namespace heed {
namespace {

constexpr size_t kMaxLineBytes = 4192;            // sentencepiece's default max_sentence_length
constexpr std::string_view kReserved = "\u2585";  // sentencepiece's mark of the unknown
constexpr const char* kOnlyFatalMessages = "4";   // of sentencepiece's log levels
const std::vector<std::string> kSpecialPieces = {"<pad>", "<unk>", "<s>", "</s>"};  // in id order

// All lines of the sides, or the drawn ones.
class LineSource {
 public:
  LineSource(const std::vector<std::vector<std::string>>& sides, Utf8Policy invalid_utf8, int64_t limit, uint64_t seed)
      : stream_({}, invalid_utf8), drawn_(limit > 0) {
    std::vector<std::string> files;
    for (const auto& side : sides) files.insert(files.end(), side.begin(), side.end());
    if (!drawn_) {
      stream_ = TrainingLines(files, invalid_utf8);
      return;
    }
    for (const auto& side : sides) {
      for (std::string& line : draw_lines(TrainingLines(side, invalid_utf8), limit, seed))
        lines_.push_back(std::move(line));
    }
  }

  bool next(std::string& line) {
    if (!drawn_) return stream_.next(line);
    if (position_ == lines_.size()) return false;
    line = std::move(lines_[position_++]);
    return true;
  }

 private:
  TrainingLines stream_;
  bool drawn_;
  std::vector<std::string> lines_;
  size_t position_ = 0;
};

// Hands lines to sentencepiece. An exception must not cross the library: it ends the text and is thrown again later.
class Sentences : public sentencepiece::SentenceIterator {
 public:
  explicit Sentences(LineSource source) : source_(std::move(source)) { Next(); }

  bool done() const override { return done_; }
  const std::string& value() const override { return line_; }
  sentencepiece::util::Status status() const override { return {}; }

  void Next() override {
    try {
      do {
        done_ = !source_.next(line_);
      } while (!done_ && !usable());
    } catch (...) {
      error_ = std::current_exception();
      done_ = true;
    }
  }

  void finish() const {
    if (error_) std::rethrow_exception(error_);
    if (too_long_ + reserved_ == 0) return;
    log_info("tokenizer: left out " + std::to_string(too_long_ + reserved_) +
             " training lines: " + std::to_string(too_long_) + " longer than " + std::to_string(kMaxLineBytes) +
             " bytes, " + std::to_string(reserved_) + " with the reserved character U+2585");
  }

  int64_t used() const { return used_; }

 private:
  bool usable() {
    const bool too_long = line_.size() > kMaxLineBytes;
    const bool reserved = !too_long && line_.find(kReserved) != std::string::npos;
    const bool blank = line_.find_first_not_of(" \t") == std::string::npos;
    too_long_ += too_long;
    reserved_ += reserved;
    const bool usable = !too_long && !reserved && !blank;
    used_ += usable;
    return usable;
  }

  LineSource source_;
  std::string line_;
  bool done_ = false;
  std::exception_ptr error_;
  int64_t used_ = 0, too_long_ = 0, reserved_ = 0;
};

// sentencepiece reads the list as CSV.
std::string quoted_list(const std::vector<std::string>& symbols) {
  std::string list;
  for (const std::string& symbol : symbols) {
    list += list.empty() ? "\"" : ",\"";
    for (const char c : symbol) list += c == '"' ? std::string("\"\"") : std::string(1, c);
    list += '"';
  }
  return list;
}

std::unordered_map<std::string, std::string> trainer_options(const TokenizerConfig& config) {
  const bool exact_size = config.type == TokenizerType::kBpe || config.type == TokenizerType::kUnigram;
  std::unordered_map<std::string, std::string> options = {
      {"model_type", std::string(name_of(config.type))},
      {"vocab_size", std::to_string(config.vocab_size)},
      {"hard_vocab_limit", exact_size ? "true" : "false"},
      {"character_coverage", std::to_string(config.character_coverage)},
      {"normalization_rule_name", std::string(name_of(config.normalization))},
      {"pad_id", "0"},
      {"unk_id", "1"},
      {"bos_id", "2"},
      {"eos_id", "3"},
      {"num_threads", "1"},
      {"max_sentence_length", std::to_string(kMaxLineBytes)},
      {"minloglevel", kOnlyFatalMessages}};
  if (!config.user_symbols.empty()) options["user_defined_symbols"] = quoted_list(config.user_symbols);
  return options;
}

// "Internal: file.cc(590) [condition] What is wrong." -> "What is wrong."; without such words the condition itself.
std::string own_words(const std::string& message) {
  const size_t end = message.rfind("] ");
  if (end == std::string::npos) return message;
  const std::string words = message.substr(end + 2);
  const size_t begin = message.find('[');
  return words.empty() ? "its condition " + message.substr(begin, end + 1 - begin) + " does not hold" : words;
}

[[noreturn]] void fail_training(const std::string& message) {
  if (message.find("ocabulary size") != std::string::npos || message.find("vocab_size") != std::string::npos) {
    throw ConfigError("tokenizer.vocab_size: " + own_words(message));
  }
  throw DataError("tokenizer: sentencepiece cannot be trained: " + own_words(message));
}

Tokenizer train_pieces(const TokenizerConfig& config, LineSource source) {
  Sentences sentences(std::move(source));
  std::string model;
  const auto status = sentencepiece::SentencePieceTrainer::Train(trainer_options(config), &sentences, &model);
  sentences.finish();
  if (sentences.used() == 0) throw DataError("tokenizer: the training corpus holds no text to train on");
  if (!status.ok()) fail_training(status.ToString());
  return Tokenizer::from_model(std::move(model), "trained tokenizer");
}

Tokenizer collect_tokens(const TokenizerConfig& config, LineSource source) {
  std::unordered_map<std::string, int64_t> counts;
  std::string line;
  while (source.next(line)) {
    for (const std::string_view token : split_tokens(line)) ++counts[std::string(token)];
  }
  for (const std::string& special : kSpecialPieces) counts.erase(special);
  if (counts.empty()) throw DataError("tokenizer: the training corpus holds no text to train on");

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
void require_type(TokenizerType asked, ModelType found, const std::string& path) {
  constexpr std::pair<TokenizerType, ModelType> kTypes[] = {{TokenizerType::kUnigram, ModelType::kUnigram},
                                                            {TokenizerType::kBpe, ModelType::kBpe},
                                                            {TokenizerType::kWord, ModelType::kWord},
                                                            {TokenizerType::kChar, ModelType::kChar}};
  for (const auto& [type, model] : kTypes)
    if (model == found && type != asked)
      throw ConfigError(std::string("tokenizer.type is ") + std::string(name_of(asked)) + ", but " + path + " is a " +
                        std::string(name_of(type)) + " model");
}

std::shared_ptr<const Tokenizer> make_side(const TokenizerConfig& config, const std::string& model_path,
                                           const std::vector<std::vector<std::string>>& files,
                                           const TrainingTexts& texts, uint64_t seed) {
  if (!model_path.empty()) {
    const std::string bytes = read_file_bytes(model_path);
    require_type(config.type, read_sentencepiece_model(bytes, model_path).type, model_path);
    return std::make_shared<Tokenizer>(Tokenizer::from_model(bytes, model_path));
  }
  LineSource lines(files, texts.invalid_utf8, config.training_lines, seed);
  return std::make_shared<Tokenizer>(config.type == TokenizerType::kNone ? collect_tokens(config, std::move(lines))
                                                                         : train_pieces(config, std::move(lines)));
}

}  // namespace

Tokenizers make_tokenizers(const TokenizerConfig& config, const TrainingTexts& texts, uint64_t seed) {
  if (config.shared) {
    const auto both = make_side(config, config.source_model, {texts.source, texts.target}, texts, seed);
    return {both, both};
  }
  return {make_side(config, config.source_model, {texts.source}, texts, seed),
          make_side(config, config.target_model, {texts.target}, texts, seed)};
}

}  // namespace heed
