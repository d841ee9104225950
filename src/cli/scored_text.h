#pragma once

#include <string>
#include <vector>

#include "checkpoint/translation_model.h"
#include "config/data_config.h"
#include "eval/signature.h"

namespace heed {

// What `heed evaluate` scores.
struct ScoredText {
  std::string name;  // of the hypotheses, in messages
  std::vector<std::string> hypotheses;
  References references;
};

// A text in files that are read one after another.
using TextFiles = std::vector<std::string>;

// Texts that belong together line for line. DataError where one has no lines or another number of lines than the first.
// A line that is not UTF-8 has the fate that `invalid_utf8` names: left out (skip), it is blank in all of them, which
// changes no score and keeps the lines in their places; a notice counts such lines.
std::vector<std::vector<std::string>> read_parallel(const std::vector<TextFiles>& texts, InvalidUtf8 invalid_utf8);

struct CorpusToTranslate {
  TextFiles source;
  std::vector<TextFiles> references;
  std::string output;  // where the translations go, too; empty: nowhere
};

// Translates a corpus as the model's config says, showing how far it is, and warns of translations that were cut.
ScoredText translate_corpus(const TranslationModel& model, const CorpusToTranslate& corpus);

}  // namespace heed
