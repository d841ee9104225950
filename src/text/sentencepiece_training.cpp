#include "text/sentencepiece_training.h"

#include <sentencepiece_trainer.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "core/count_text.h"
#include "core/error.h"
#include "core/logging.h"
#include "core/utf8.h"
#include "core/work.h"
#include "text/charsmap.h"
#include "text/language_code.h"
#include "text/sentencepiece_advice.h"
#include "text/space_mark.h"

namespace heed {
namespace {

constexpr size_t kMaxLineBytes = 4192;            // sentencepiece's default max_sentence_length
constexpr std::string_view kReserved = "\u2585";  // sentencepiece's mark of the unknown
constexpr const char* kOnlyFatalMessages = "4";   // of sentencepiece's log levels
constexpr std::chrono::milliseconds kStep{100};   // between two looks at a training

// Hands text to sentencepiece. An exception must not cross the library: it ends the text and is thrown again later.
class Sentences : public sentencepiece::SentenceIterator {
 public:
  Sentences(TrainingSides sides, std::function<void()> on_end) : text_(std::move(sides)), on_end_(std::move(on_end)) {}

  bool done() const override { return done_; }
  const std::string& value() const override { return part_; }
  sentencepiece::util::Status status() const override { return {}; }

  void Next() override {
    try {
      while (rest_.empty() && read_line()) continue;
      done_ = rest_.empty();
      part_ = take_part(rest_, kMaxLineBytes);
    } catch (...) {
      error_ = std::current_exception();
      done_ = true;
    }
    if (done_) on_end_();
  }

  // Once all is read.
  void report(const std::string& text) const {
    if (error_) std::rethrow_exception(error_);
    if (!any_) throw DataError("tokenizer: " + text + " is blank: nothing to train on");
    if (reserved_ > 0)
      log_info("tokenizer: " + count_text(reserved_) + " lines of " + text +
               " hold U+2585, which sentencepiece reserves: it was read as a space");
  }

  int64_t lines_read() const { return text_.lines_read(); }  // from any thread

 private:
  // False at the end of the text; a line without text leaves `rest_` empty.
  bool read_line() {
    if (!text_.next(line_)) return false;
    if (line_.find(kReserved) != std::string::npos) {
      ++reserved_;
      for (size_t at; (at = line_.find(kReserved)) != std::string::npos;) line_.replace(at, kReserved.size(), " ");
    }
    if (!is_blank(line_)) rest_ = line_;
    any_ |= !rest_.empty();
    return true;
  }

  TrainingText text_;
  std::function<void()> on_end_;
  std::string line_, part_;
  std::string_view rest_;  // of the line
  bool done_ = false, any_ = false;
  std::exception_ptr error_;
  int64_t reserved_ = 0;
};

// Symbols that are found where a word starts only: language codes, and all where pieces are words.
std::vector<std::string> symbols_of(const TokenizerConfig& config) {
  std::vector<std::string> symbols = config.user_symbols;
  for (std::string& symbol : symbols)
    if (config.type == TokenizerType::kWord || language_code_length(symbol) == symbol.size())
      symbol = std::string(kSpaceMark) + symbol;
  return symbols;
}

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
  if (config.normalization == Normalization::kIdentity) options["precompiled_charsmap"] = tab_to_space_charsmap();
  if (!config.user_symbols.empty()) options["user_defined_symbols"] = quoted_list(symbols_of(config));
  return options;
}

// A training and all that it uses: whoever waits for it may leave it behind.
class Training {
 public:
  enum class Stage { kReading, kTraining, kDone };

  Training(const TokenizerConfig& config, TrainingSides sides)
      : options_(trainer_options(config)), sentences_(std::move(sides), [this] { reach(Stage::kTraining); }) {}

  // In a thread of its own.
  void run() {
    try {
      sentences_.Next();
      status_ = sentencepiece::SentencePieceTrainer::Train(options_, &sentences_, &model_);
    } catch (...) {
      error_ = std::current_exception();
    }
    reach(Stage::kDone);
  }

  // Waits for it a moment; true once it is there.
  bool wait_for(Stage stage) {
    std::unique_lock lock(mutex_);
    return reached_.wait_for(lock, kStep, [&] { return stage_ >= stage; });
  }

  int64_t lines_read() const { return sentences_.lines_read(); }

  // REQUIRES: done.
  std::string take_model(const std::string& text) {
    if (error_) std::rethrow_exception(error_);
    sentences_.report(text);
    if (!status_.ok()) fail_training(status_.ToString(), text);
    return std::move(model_);
  }

 private:
  void reach(Stage stage) {
    const std::lock_guard lock(mutex_);
    stage_ = stage;
    reached_.notify_all();
  }

  std::unordered_map<std::string, std::string> options_;
  Sentences sentences_;
  std::string model_;
  sentencepiece::util::Status status_;
  std::exception_ptr error_;  // no memory, say
  std::mutex mutex_;
  std::condition_variable reached_;
  Stage stage_ = Stage::kReading;
};

void wait_for_text(Training& training) {
  Work reading("reading text for the vocabulary", "lines");
  while (!training.wait_for(Training::Stage::kTraining)) reading.advance(training.lines_read() - reading.report().done);
}

void wait_for_model(Training& training, const TokenizerConfig& config) {
  Work work("training the " + std::string(name_of(config.type)) + " vocabulary of " + count_text(config.vocab_size) +
            " pieces");
  while (!training.wait_for(Training::Stage::kDone)) work.advance(0);
}

}  // namespace

std::string train_sentencepiece(const TokenizerConfig& config, TrainingSides sides, const std::string& text) {
  const auto training = std::make_shared<Training>(config, std::move(sides));
  std::thread([training] { training->run(); }).detach();
  wait_for_text(*training);
  wait_for_model(*training, config);
  return training->take_model(text);
}

}  // namespace heed
