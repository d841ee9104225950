#include "data/make_batch.h"

#include <c10/util/Exception.h>

#include <algorithm>

#include "core/random.h"

namespace heed {
namespace {

enum Side : uint64_t { kSource = 0, kTarget = 1 };  // in the key of a noise stream

// Packs sentences one after another.
class BatchPacker {
 public:
  explicit BatchPacker(const SentenceFrame& frame) : frame_(frame) {}

  void add_source(std::span<const int32_t> ids) {
    batch_.source_ids.insert(batch_.source_ids.end(), ids.begin(), ids.end());
    batch_.source_ids.push_back(frame_.source_eos);
    source_lengths_.push_back(static_cast<int32_t>(ids.size()) + 1);
  }

  void add_target(std::span<const int32_t> ids) {
    batch_.target_input_ids.push_back(frame_.target_bos);
    batch_.target_input_ids.insert(batch_.target_input_ids.end(), ids.begin(), ids.end());
    batch_.label_ids.insert(batch_.label_ids.end(), ids.begin(), ids.end());
    batch_.label_ids.push_back(frame_.target_eos);
    target_lengths_.push_back(static_cast<int32_t>(ids.size()) + 1);
  }

  // Of the source and the target that were added last.
  void add_copies(const CopiedIds& ids) {
    batch_.copied_ids.insert(batch_.copied_ids.end(), ids.source.begin(), ids.source.end());
    batch_.copied_ids.push_back(frame_.source_eos);
    batch_.outside_words.push_back(ids.words);
    if (ids.target.empty()) return;
    std::copy(ids.target.begin(), ids.target.end(),
              batch_.label_ids.end() - 1 - static_cast<int64_t>(ids.target.size()));
  }

  void add_links(std::vector<PieceLink> links) { batch_.links.push_back(std::move(links)); }
  void add_number(int64_t sentence) { batch_.sentence_ids.push_back(sentence); }

  Batch finish() {
    batch_.source_segments = Segments::packed(source_lengths_);
    batch_.target_segments = Segments::packed(target_lengths_);
    return std::move(batch_);
  }

 private:
  SentenceFrame frame_;
  Batch batch_;
  std::vector<int32_t> source_lengths_, target_lengths_;
};

std::vector<int32_t> sample_side(const Tokenizer& tokenizer, std::string_view text, const NoiseOptions& noise,
                                 int32_t sentence, Side side) {
  const auto stream = RandomStream(random_key(
      noise.seed, Purpose::kSubwordNoise, {static_cast<uint64_t>(noise.epoch), static_cast<uint64_t>(sentence), side}));
  std::vector<int32_t> ids = tokenizer.sample(text, noise.strength, stream);
  const int64_t limit = side == kSource ? noise.max_source_length : noise.max_target_length;
  ids.resize(std::min(ids.size(), static_cast<size_t>(limit)));
  return ids;
}

void cut_anew(CachedPair& pair, const Tokenizers& tokenizers, const NoiseOptions& noise, int32_t sentence) {
  TORCH_CHECK(pair.source.empty() || !pair.source_text.empty(),
              "subword noise needs a corpus opened with KeepText::kYes");
  pair.source = sample_side(*tokenizers.source, pair.source_text, noise, sentence, kSource);
  pair.target = sample_side(*tokenizers.target, pair.target_text, noise, sentence, kTarget);
}

}  // namespace

SentenceFrame::SentenceFrame(const Tokenizers& tokenizers)
    : source_eos(tokenizers.source->vocabulary().special().eos),
      target_bos(tokenizers.target->vocabulary().special().bos),
      target_eos(tokenizers.target->vocabulary().special().eos) {}

Batch make_batch(const ParallelCorpus& corpus, std::span<const int32_t> sentences, const SentenceFrame& frame) {
  BatchPacker packer(frame);
  for (const int32_t sentence : sentences) {
    const CachedPair pair = corpus.pair(sentence);
    packer.add_source(pair.source);
    packer.add_target(pair.target);
    packer.add_number(sentence);
  }
  return packer.finish();
}

Batch make_batch(const TrainingText& text, std::span<const int32_t> sentences, const NoiseOptions& noise) {
  BatchPacker packer{SentenceFrame(text.tokenizers)};
  TORCH_CHECK(!text.copies_words || noise.strength == 0, "whole words have no subword noise");
  for (const int32_t sentence : sentences) {
    CachedPair pair = text.corpus.pair(sentence);
    if (noise.strength > 0) cut_anew(pair, text.tokenizers, noise, sentence);
    packer.add_source(pair.source);
    packer.add_target(pair.target);
    packer.add_number(sentence);
    if (text.copies_words) {
      OutsideWords outside(*text.tokenizers.target);
      auto source = outside.take_source(pair.source, pair.source_text);
      packer.add_copies({std::move(source), outside.target(pair.target, pair.target_text), outside.words()});
    }
    if (text.guide) packer.add_links(text.guide->links(sentence, pair, noise.strength > 0));
  }
  return packer.finish();
}

Batch make_batch(const std::vector<std::vector<int32_t>>& sources, const std::vector<std::vector<int32_t>>& targets,
                 const SentenceFrame& frame, const std::vector<CopiedIds>& copies) {
  TORCH_CHECK(targets.empty() || targets.size() == sources.size(), sources.size(), " sources, ", targets.size(),
              " targets");
  BatchPacker packer(frame);
  for (const auto& source : sources) packer.add_source(source);
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!targets.empty()) packer.add_target(targets[i]);
    if (!copies.empty()) packer.add_copies(copies[i]);
  }
  for (size_t i = 0; i < sources.size(); ++i) packer.add_number(static_cast<int64_t>(i));
  return packer.finish();
}

}  // namespace heed
