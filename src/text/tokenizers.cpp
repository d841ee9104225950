#include "text/tokenizers.h"

#include <utility>

#include "core/error.h"
#include "core/json_object.h"
#include "core/sha256.h"

namespace heed {
namespace {

constexpr const char* kVocabularyFile = "vocabulary.json";
constexpr const char* kSharedModel = "tokenizer.model";
constexpr const char* kSourceModel = "source.model";
constexpr const char* kTargetModel = "target.model";

using Files = std::map<std::string, std::string>;

// {"shared": VOCABULARY} or {"source": VOCABULARY, "target": VOCABULARY}, each as Vocabulary::to_json writes it; before
// them "own_ids": true where the ids are not those of the sentencepiece models.
std::string vocabulary_json(const Tokenizers& tokenizers) {
  const auto member = [](const char* name, const Tokenizer& tokenizer) {
    const std::string json = tokenizer.vocabulary().to_json();
    return std::string("\"") + name + "\": " + json.substr(0, json.size() - 1);
  };
  const std::string begin = tokenizers.source->has_own_ids() ? "{\"own_ids\": true,\n" : "{";
  if (tokenizers.shared()) return begin + member("shared", *tokenizers.source) + "}\n";
  return begin + member("source", *tokenizers.source) + ",\n" + member("target", *tokenizers.target) + "}\n";
}

std::shared_ptr<const Tokenizer> read_side(const Files& files, const JsonObject& vocabularies, const std::string& side,
                                           const std::string& model_file, const std::string& origin) {
  Vocabulary vocabulary = Vocabulary::from_json(vocabularies.object_of(side));
  const auto model = files.find(model_file);
  if (model == files.end()) return std::make_shared<Tokenizer>(Tokenizer::from_tokens(std::move(vocabulary)));

  const std::string model_origin = origin + "/" + model_file;
  if (vocabularies.flag_of("own_ids", false))
    return std::make_shared<Tokenizer>(Tokenizer::from_model(model->second, std::move(vocabulary), model_origin));
  auto tokenizer = std::make_shared<Tokenizer>(Tokenizer::from_model(model->second, model_origin));
  if (!(tokenizer->vocabulary() == vocabulary)) {
    throw DataError(model_origin + " has " + std::to_string(tokenizer->vocabulary().size()) +
                    " pieces that are not the " + std::to_string(vocabulary.size()) + " pieces of " + kVocabularyFile);
  }
  return tokenizer;
}

}  // namespace

std::string Tokenizers::fingerprint() const {
  return sha256_hex(source->fingerprint() + (shared() ? " shared" : " " + target->fingerprint()));
}

bool Tokenizers::is_file_name(std::string_view name) {
  return name == kVocabularyFile || name == kSharedModel || name == kSourceModel || name == kTargetModel;
}

std::map<std::string, std::string> Tokenizers::files() const {
  Files files{{kVocabularyFile, vocabulary_json(*this)}};
  const auto add = [&](const char* name, const Tokenizer& tokenizer) {
    if (!tokenizer.model_bytes().empty()) files[name] = tokenizer.model_bytes();
  };
  add(shared() ? kSharedModel : kSourceModel, *source);
  if (!shared()) add(kTargetModel, *target);
  return files;
}

Tokenizers Tokenizers::from_files(const Files& files, const std::string& origin) {
  const auto found = files.find(kVocabularyFile);
  if (found == files.end()) throw DataError(origin + ": no " + kVocabularyFile);
  const JsonObject vocabularies = JsonObject::parse(found->second, origin + "/" + kVocabularyFile);
  if (vocabularies.has("shared")) {
    const auto tokenizer = read_side(files, vocabularies, "shared", kSharedModel, origin);
    return {tokenizer, tokenizer};
  }
  return {read_side(files, vocabularies, "source", kSourceModel, origin),
          read_side(files, vocabularies, "target", kTargetModel, origin)};
}

Tokenizers tokenizers_for(const ModelConfig& model, const Tokenizers& tokenizers) {
  if (!model.copy) return tokenizers;
  const auto of_side = [](const std::shared_ptr<const Tokenizer>& side) {
    if (side->type() != TokenizerType::kWord) return side;
    return std::shared_ptr<const Tokenizer>(std::make_shared<Tokenizer>(side->with_each_unknown_word()));
  };
  const auto source = of_side(tokenizers.source);
  return {source, tokenizers.shared() ? source : of_side(tokenizers.target)};
}

}  // namespace heed
