#include <cstdio>
#include <iostream>

#include "checkpoint/run_directory.h"
#include "checkpoint/translation_model.h"

// The ids that a model's tokenizer gives to the lines of standard input, for other programs to compare with:
//   ids_dump MODEL source|target
int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto directory = heed::resolve_model(argv[1]);
  const heed::Tokenizers tokenizers = heed::tokenizers_of(heed::read_checkpoint(directory), {}, directory.string());
  const heed::Tokenizer& tokenizer = *(std::string(argv[2]) == "source" ? tokenizers.source : tokenizers.target);
  for (std::string line; std::getline(std::cin, line);) {
    for (const int32_t id : tokenizer.encode(line)) std::printf("%d ", id);
    std::printf("\n");
  }
}
