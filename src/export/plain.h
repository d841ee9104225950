#pragma once

#include <ATen/core/ScalarType.h>

#include <filesystem>

#include "checkpoint/translation_model.h"

namespace heed {

// The weights under Heed's own names (model.safetensors, floating-point tensors in `type`), config.yaml, the
// vocabularies and tokenizer models, and a README.md that names the layout: for programs of one's own. Every model
// kind. Committed whole; one that is there is replaced in one step.
void export_safetensors(const TranslationModel& model, const std::filesystem::path& directory, at::ScalarType type);

}  // namespace heed
