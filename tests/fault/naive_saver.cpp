// The control of kill_and_resume.py: `heed` with the saver that many toolkits have. Files are written straight to their
// final names and read back on trust, with no manifest, no sync and no rename. This file takes the place of
// src/checkpoint/checkpoint.cpp when it is linked before the library. The harness must report failures with it.
#include <fstream>
#include <iterator>

#include "checkpoint/checkpoint.h"
#include "core/error.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

std::string read_whole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_tensors(const fs::path& path, const TensorMap& tensors) {
  std::ofstream file(path, std::ios::binary);
  write_safetensors(tensors, [&](std::string_view bytes) { file << bytes; });
}

bool is_own(const std::string& name) {
  return name == "model.safetensors" || name == "training.safetensors" || name == "config.yaml" ||
         name == "vocabulary.json" || name == "state.json" || name == "manifest.json";
}

}  // namespace

void write_checkpoint(const fs::path& directory, const Checkpoint& checkpoint) {
  fs::create_directories(directory);
  std::ofstream(directory / "manifest.json") << "{}";  // so that others take it for a checkpoint
  std::ofstream(directory / "state.json") << checkpoint.state;
  std::ofstream(directory / "config.yaml") << checkpoint.config;
  std::ofstream(directory / "vocabulary.json") << checkpoint.vocabulary;
  for (const auto& [name, bytes] : checkpoint.tokenizer_files) std::ofstream(directory / name) << bytes;
  write_tensors(directory / "model.safetensors", checkpoint.model);
  if (checkpoint.training) write_tensors(directory / "training.safetensors", *checkpoint.training);
}

Checkpoint read_checkpoint(const fs::path& directory, CheckpointParts) {
  const auto tensors = [&](const char* name) {
    return parse_safetensors(read_whole(directory / name), (directory / name).string()).tensors;
  };
  Checkpoint checkpoint;
  checkpoint.state = read_whole(directory / "state.json");
  checkpoint.config = read_whole(directory / "config.yaml");
  checkpoint.vocabulary = read_whole(directory / "vocabulary.json");
  for (const fs::directory_entry& entry : fs::directory_iterator(directory))
    if (const std::string name = entry.path().filename(); !is_own(name))
      checkpoint.tokenizer_files[name] = read_whole(entry.path());
  checkpoint.model = tensors("model.safetensors");
  checkpoint.training = tensors("training.safetensors");
  return checkpoint;
}

void verify_checkpoint(const fs::path&) {}

}  // namespace heed
