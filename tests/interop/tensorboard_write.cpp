// tensorboard_write DIRECTORY: the event files of a run that trains to step 40, is killed inside a record and goes on
// from step 20 to step 60 with other numbers, for tensorboard_reads.py, which knows what to expect.
#include <cstdio>
#include <exception>
#include <filesystem>

#include "watch/tensorboard_file.h"

namespace {

void train(const std::filesystem::path& directory, int64_t from, int64_t to, double loss) {
  heed::TensorBoardFile file(directory);
  file.on_start(from, from > 0);
  for (int64_t step = from + 10; step <= to; step += 10) {
    heed::UpdateReport update;
    update.step = step;
    update.loss = loss + static_cast<double>(step);
    update.perplexity = 2;
    update.learning_rate = 1e-3;
    update.gradient_norm = 0.5;
    update.tokens_per_second = 8000;
    file.on_update(update);
    if (step % 20 != 0) continue;
    heed::ValidationReport validation;
    validation.step = step;
    validation.loss = 2 * loss;
    validation.perplexity = 3;
    validation.scores = {{"bleu", static_cast<double>(step) / 2}};
    validation.samples = {{"<unk> & *two* cats", "zwei Katzen", "zwei Kätzchen"}};
    file.on_validation(validation);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path directory = argv[1];
  try {
    train(directory, 0, 40, 1000);
    const std::filesystem::path first = std::filesystem::directory_iterator(directory)->path();
    std::filesystem::resize_file(first, std::filesystem::file_size(first) - 5);
    train(directory, 20, 60, 0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
