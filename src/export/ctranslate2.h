#pragma once

#include <filesystem>

#include "checkpoint/translation_model.h"
#include "export/quantization.h"

namespace heed {

// A directory that CTranslate2 (4.x) loads as a Translator: model.bin, config.json, the vocabularies, the tokenizers'
// models and a README.md that says how. Committed whole; one that is there is replaced in one step. With float32
// weights it computes what Heed does, to float rounding. ConfigError where CTranslate2 has no such model: it runs
// Transformers only.
void export_ctranslate2(const TranslationModel& model, const std::filesystem::path& directory,
                        Quantization quantization);

}  // namespace heed
