#include "toy/corpus.h"

#include <algorithm>
#include <fstream>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/file_operations.h"
#include "core/random.h"
#include "toy/mail.h"
#include "toy/readme.h"
#include "toy/sequences.h"
#include "toy/translation.h"

namespace heed {
namespace {

constexpr size_t kFewestWords = 6, kMostWords = 25;  // of a translation, on both sides
constexpr uint64_t kSplitBuckets = 20;               // of these, one is for validation and one for test

ToyLine draft(ToyTask task, Draws& draws) {
  if (task == ToyTask::kTranslation) {
    const Phrase words = translation_sentence(draws);
    return {joined(words.english), joined(words.german), alignment(words)};
  }
  if (task == ToyTask::kSummary) {
    Mail mail = business_mail(draws);
    return {std::move(mail.body), std::move(mail.subject), {}};
  }
  const SequenceTask kind = task == ToyTask::kCopy      ? SequenceTask::kCopy
                            : task == ToyTask::kReverse ? SequenceTask::kReverse
                                                        : SequenceTask::kSort;
  SequencePair pair = sequence_pair(draws, kind);
  return {std::move(pair.source), std::move(pair.target), {}};
}

ToySplit split_of(std::string_view source) {
  uint64_t hash = 0xCBF29CE484222325ull;  // FNV-1a (Fowler, Noll, Vo), 64 bits
  for (const char c : source) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  const uint64_t bucket = mix64(hash) % kSplitBuckets;
  return bucket == 0 ? ToySplit::kValidation : bucket == 1 ? ToySplit::kTest : ToySplit::kTrain;
}

bool fits_length(std::string_view text) {
  const size_t words = 1 + std::count(text.begin(), text.end(), ' ');
  return words >= kFewestWords && words <= kMostWords;
}

std::string pharaoh(const std::vector<std::pair<int, int>>& pairs) {
  std::string text;
  for (const auto& [source, target] : pairs) {
    if (!text.empty()) text += ' ';
    text += std::to_string(source) + '-' + std::to_string(target);
  }
  return text;
}

struct NamedText {
  std::string name, text;
};

constexpr const char* kReadme = "README.md";
constexpr std::pair<ToySplit, const char*> kSplitNames[] = {
    {ToySplit::kTrain, "train"}, {ToySplit::kValidation, "validation"}, {ToySplit::kTest, "test"}};

int64_t split_lines(ToySplit split, int64_t training_lines) {
  return split == ToySplit::kTrain ? training_lines : kHeldOutLines;
}

void require_no_others_files(ToyTask task, const std::filesystem::path& directory) {
  if (std::string line; std::getline(std::ifstream(directory / kReadme), line) && is_toy_readme(line)) return;
  const ToySuffixes suffixes = toy_suffixes(task);
  std::vector<std::string> names = {kReadme};
  for (const auto& [split, name] : kSplitNames)
    for (const std::string suffix : {suffixes.source, suffixes.target}) names.push_back(name + ("." + suffix));
  if (task == ToyTask::kTranslation)
    for (const auto& [split, name] : kSplitNames) names.push_back(std::string(name) + ".align");
  for (const std::string& name : names)
    if (std::error_code none; std::filesystem::exists(directory / name, none))
      throw ConfigError((directory / name).string() +
                        ": not of a toy corpus, and a toy corpus would replace it: choose "
                        "another directory");
}

std::vector<NamedText> split_files(ToyTask task, const std::string& name, ToySplit split, int64_t lines,
                                   uint64_t seed) {
  const ToySuffixes suffixes = toy_suffixes(task);
  NamedText source{name + '.' + suffixes.source, ""}, target{name + '.' + suffixes.target, ""};
  NamedText align{name + ".align", ""};
  for (int64_t i = 0; i < lines; ++i) {
    const ToyLine line = toy_line(task, seed, split, i);
    source.text += line.source + '\n';
    target.text += line.target + '\n';
    align.text += pharaoh(line.alignment) + '\n';
  }
  std::vector<NamedText> files{std::move(source), std::move(target)};
  if (task == ToyTask::kTranslation) files.push_back(std::move(align));
  return files;
}

}  // namespace

const std::vector<std::string>& toy_task_names() {
  static const std::vector<std::string> kNames{"translation", "summary", "copy", "reverse", "sort"};
  return kNames;
}

std::optional<ToyTask> toy_task_named(std::string_view name) {
  const auto& names = toy_task_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<ToyTask>(found - names.begin());
}

ToySuffixes toy_suffixes(ToyTask task) {
  if (task == ToyTask::kTranslation) return {"en", "de"};
  if (task == ToyTask::kSummary) return {"body", "subject"};
  return {"source", "target"};
}

int64_t default_toy_lines(ToyTask task) {
  return task == ToyTask::kTranslation ? 40000 : task == ToyTask::kSummary ? 20000 : 30000;
}

ToyLine toy_line(ToyTask task, uint64_t seed, ToySplit split, int64_t line) {
  const uint64_t split_number = static_cast<uint64_t>(split), task_number = static_cast<uint64_t>(task);
  for (uint64_t attempt = 0;; ++attempt) {
    const uint64_t key =
        random_key(seed, Purpose::kToy, {split_number, static_cast<uint64_t>(line), task_number, attempt});
    Draws draws{RandomStream(key)};
    ToyLine candidate = draft(task, draws);
    const bool fits = task != ToyTask::kTranslation || (fits_length(candidate.source) && fits_length(candidate.target));
    if (fits && split_of(candidate.source) == split) return candidate;
  }
}

std::vector<std::filesystem::path> write_toy_corpus(ToyTask task, const std::filesystem::path& directory, int64_t lines,
                                                    uint64_t seed) {
  require_no_others_files(task, directory);
  std::vector<std::filesystem::path> written;
  const auto write = [&](const NamedText& file) {
    write_file_atomically(directory / file.name, file.text);
    written.push_back(directory / file.name);
  };
  try {
    make_directories(directory);
    write({kReadme, toy_readme(task, lines, seed)});  // first: what it stands beside may be replaced
    for (const auto& [split, name] : kSplitNames)
      for (const NamedText& file : split_files(task, name, split, split_lines(split, lines), seed)) write(file);
  } catch (const DataError&) {
    throw;
  } catch (const Error& error) {
    throw DataError(error.what());
  }
  return written;
}

}  // namespace heed
