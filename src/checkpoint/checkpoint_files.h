#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "checkpoint/manifest.h"
#include "core/error.h"

namespace heed {

// The files of a checkpoint that are not a tokenizer's.
inline constexpr const char* kModelName = "model.safetensors";
inline constexpr const char* kTrainingName = "training.safetensors";
inline constexpr const char* kConfigName = "config.yaml";
inline constexpr const char* kVocabularyName = "vocabulary.json";
inline constexpr const char* kStateName = "state.json";

inline const std::set<std::string> kOwnNames = {kModelName,      kTrainingName, kConfigName,
                                                kVocabularyName, kStateName,    kManifestName};

// Runs `work`, giving file errors (core/error.h: Error) the class that callers of this room expect.
template <class Work>
auto as_checkpoint_error(Work work) {
  try {
    return work();
  } catch (const CheckpointError&) {
    throw;
  } catch (const Error& error) {
    throw CheckpointError(error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    throw CheckpointError(error.what());
  }
}

}  // namespace heed
