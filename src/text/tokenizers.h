#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "config/model_config.h"
#include "text/tokenizer.h"

namespace heed {

// The tokenizers of a model's two sides; one and the same object where they share a vocabulary.
struct Tokenizers {
  std::shared_ptr<const Tokenizer> source, target;

  bool shared() const { return source == target; }

  // Equal exactly if both sides give equal ids for every text and are shared or not alike.
  std::string fingerprint() const;

  // What a checkpoint keeps, by file name: vocabulary.json and, with sentencepiece, tokenizer.model (shared) or
  // source.model and target.model. Equal tokenizers give equal bytes.
  std::map<std::string, std::string> files() const;
  static bool is_file_name(std::string_view name);  // of any of these

  // The way back; other names in the map are ignored. DataError, beginning with `origin`/NAME, where a file is missing
  // or damaged or a model does not have the pieces that vocabulary.json lists.
  static Tokenizers from_files(const std::map<std::string, std::string>& files, const std::string& origin);
};

// As a model reads texts with them: one that copies (model.copy) wants to tell unknown words apart.
Tokenizers tokenizers_for(const ModelConfig& model, const Tokenizers& tokenizers);

}  // namespace heed
