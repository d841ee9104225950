#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "tensor/safetensors.h"

namespace heed {

// A checkpoint directory translates by itself and, with its training part, is continued bit for bit:
//   model.safetensors      the weights translation uses: the moving average if there is one
//   config.yaml            the resolved configuration
//   vocabulary.json, tokenizer model(s)
//   training.safetensors   optional: moments, and the raw fp32 weights where they differ from the model's
//   state.json             where training stands
//   manifest.json          written last: size and SHA-256 of all of them, see checkpoint/manifest.h
// No clock, path or process id is added: equal contents give equal bytes.
struct Checkpoint {
  TensorMap model;
  std::string config;
  std::map<std::string, std::string> tokenizer_files;  // base name -> bytes
  std::string vocabulary;
  std::optional<TensorMap> training;
  std::string state;
};

enum class CheckpointParts { kEverything, kTranslation };

// Commits `directory` whole or not at all (core/durable_directory.h); one that is there already is replaced in one
// step. Missing parents are made. CheckpointError where the disk or a limit refuses, or where a tensor holds a value
// that is not finite: such a checkpoint is never written. What was there then stays as it was.
void write_checkpoint(const std::filesystem::path& directory, const Checkpoint& checkpoint);

// Reads a checkpoint of which every byte has been verified: the manifest by its own sum, each file by size and sum, no
// file missing, none unlisted, no links or directories among them. CheckpointError names what is wrong.
// kTranslation verifies training.safetensors without loading it.
Checkpoint read_checkpoint(const std::filesystem::path& directory,
                           CheckpointParts parts = CheckpointParts::kEverything);

// The same checks, in little memory, loading nothing.
void verify_checkpoint(const std::filesystem::path& directory);

}  // namespace heed
