#include "text/sentencepiece_advice.h"

#include <regex>

#include "core/error.h"

namespace heed {
namespace {

struct Advice {
  const char* message;  // of sentencepiece 0.1.97, an ECMAScript expression
  const char* ours;     // $1, $2: its numbers; {text}: the training text
};

constexpr Advice kAdvice[] = {
    {R"(Vocabulary size too high \((\d+)\)\. Please set it to a value <= (\d+))",
     "tokenizer.vocab_size is $1, but {text} has only $2 pieces to give: set it to $2 or less"},
    {R"(Vocabulary size is smaller than required_chars\. (\d+) vs (\d+))",
     "tokenizer.vocab_size is $1, but the characters of {text} alone need $2: set it to $2 or more, or lower "
     "tokenizer.character_coverage"},
    {R"(insert_meta_symbol\(w, ModelProto::SentencePiece::USER_DEFINED\)|must not be defined with)",
     "tokenizer.user_symbols holds a symbol that the vocabulary has already: leave it out"},
    {R"(train_extremely_large_corpus)",
     "tokenizer.training_lines: {text} is too much for a unigram vocabulary: draw some of its lines, 10000000 say"},
};

// How other messages name what is a key here.
constexpr std::pair<const char*, const char*> kOptions[] = {
    {"character_coverage", "tokenizer.character_coverage"},
    {"vocab_size", "tokenizer.vocab_size"},
    {"model_type", "tokenizer.type"},
    {"user_defined_symbols", "tokenizer.user_symbols"},
    {"normalization_rule_name", "tokenizer.normalization"},
    {"input_sentence_size", "tokenizer.training_lines"},
};

// "Internal: file.cc(590) [condition] What is wrong." -> "What is wrong."; without such words the condition itself.
std::string own_words(const std::string& message) {
  const size_t end = message.rfind("] ");
  if (end == std::string::npos) return message;
  const std::string words = message.substr(end + 2);
  const size_t begin = message.find('[');
  return words.empty() ? "its condition " + message.substr(begin, end + 1 - begin) + " does not hold" : words;
}

}  // namespace

void fail_training(const std::string& message, const std::string& text) {
  for (const auto& [pattern, ours] : kAdvice) {
    std::smatch found;
    if (!std::regex_search(message, found, std::regex(pattern))) continue;
    throw ConfigError(std::regex_replace(found.format(ours), std::regex(R"(\{text\})"), text));
  }
  std::string words = own_words(message);
  for (const auto& [option, key] : kOptions)
    words = std::regex_replace(words, std::regex(std::string("(--|trainer_spec_?\\.)?\\b") + option + "\\b"), key);
  if (words.find("tokenizer.") != std::string::npos) throw ConfigError(words);
  throw DataError("tokenizer: sentencepiece cannot be trained on " + text + ": " + words);
}

}  // namespace heed
