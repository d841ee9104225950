#pragma once

#include <cerrno>
#include <filesystem>
#include <set>
#include <string>

#include "checkpoint/manifest.h"
#include "core/error.h"
#include "core/failure_text.h"

namespace heed {

// The files of a checkpoint that are not a tokenizer's.
inline constexpr const char* kModelName = "model.safetensors";
inline constexpr const char* kTrainingName = "training.safetensors";
inline constexpr const char* kConfigName = "config.yaml";
inline constexpr const char* kVocabularyName = "vocabulary.json";
inline constexpr const char* kStateName = "state.json";

inline const std::set<std::string> kOwnNames = {kModelName,      kTrainingName, kConfigName,
                                                kVocabularyName, kStateName,    kManifestName};

// A checkpoint that cannot be read now (core/error.h: UnreadableError): nothing says that it is damaged.
class UnreadableCheckpoint : public CheckpointError {
 public:
  using CheckpointError::CheckpointError;
};

// Runs `work`, giving file errors (core/error.h: Error) the class that callers of this room expect.
template <class Work>
auto as_checkpoint_error(Work work) {
  try {
    return work();
  } catch (const CheckpointError&) {
    throw;
  } catch (const UnreadableError& error) {
    throw UnreadableCheckpoint(error.what());
  } catch (const Error& error) {
    throw CheckpointError(error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    const int code = error.code().value();
    const std::string message = error.path1().string() + ": cannot read: " + failure_text(error.path1(), code);
    if (code == ENOENT || code == ENOTDIR) throw CheckpointError(message);
    throw UnreadableCheckpoint(message);
  }
}

}  // namespace heed
