// A directory of Hugging Face's files in one input: a file's name after a line "== ", its bytes up to the next.
#include <filesystem>
#include <fstream>

#include "export/huggingface.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "\n== ";

// The library's names only: an input decides no path.
bool is_meant(std::string_view name) {
  return name == "config.json" || name == "generation_config.json" || name == "tokenizer_config.json" ||
         name == "vocab.json" || name == "target_vocab.json" || name == "source.spm" || name == "target.spm" ||
         name == "model.safetensors";
}

class Directory {
 public:
  Directory() : path_(fs::temp_directory_path() / ("heed-fuzz-" + std::to_string(getpid()))) {
    fs::remove_all(path_);
    fs::create_directory(path_);
  }
  ~Directory() { fs::remove_all(path_); }
  void put(std::string_view name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Directory directory;
  const std::string text = "\n" + fuzz::text_of(data, size);
  for (size_t at = text.find(kMark); at != std::string::npos;) {
    const size_t name = at + kMark.size(), bytes = text.find('\n', name);
    if (bytes == std::string::npos) break;
    at = text.find(kMark, bytes);
    const std::string_view view(text);
    if (const auto file = view.substr(name, bytes - name); is_meant(file))
      directory.put(file, view.substr(bytes + 1, at == std::string::npos ? at : at - bytes - 1));
  }
  fuzz::accepts([&] { import_huggingface(directory.path()); });
  return 0;
}
