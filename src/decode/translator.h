#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/decode_config.h"
#include "data/parallel_corpus.h"
#include "decode/hypothesis.h"
#include "decode/line_encoder.h"
#include "decode/line_wishes.h"
#include "decode/search_sentences.h"
#include "decode/sentence_attention.h"
#include "decode/text_losses.h"
#include "decode/translation.h"
#include "decode/working_precision.h"
#include "model/encoder_decoder.h"
#include "nn/weight_copies.h"
#include "text/tokenizers.h"

namespace heed {

// Told how many lines more are translated, after each batch, by any thread, one at a time. What it throws ends the
// translation.
using TranslationProgress = std::function<void(int64_t lines)>;

// From text to text, the only way there is. A line's translation and scores do not depend on its place or company, on
// the CPU to the last bit. Not thread safe; it computes with all threads as it is, on the CPU a batch of lines with
// each.
class Translator {
 public:
  // Borrows the model's weights, which stay as they are while it lives, and the tokenizers.
  Translator(const EncoderDecoder& model, const Tokenizers& tokenizers, const DecodeConfig& config,
             const ReadingLimits& limits);
  // Several models of one vocabulary translate together (decode/ensemble.h); scores and attention are the first one's.
  Translator(std::vector<EncoderDecoder> models, const Tokenizers& tokenizers, const DecodeConfig& config,
             const ReadingLimits& limits);

  // One translation a line, in their order. Blank: the empty text with score 0. Longer than the limits (or the
  // model's learned positions): the rest is left unread. `wishes`: one a line (decode/line_wishes.h, which
  // says what is a DataError), or none. REQUIRES: valid UTF-8.
  std::vector<Translation> translate(const std::vector<std::string>& lines, const TranslationProgress& progress = {},
                                     const std::vector<TextWishes>& wishes = {});

  // Logs what of all texts so far was lost: sources left unread, translations cut at a limit of their length. `model`:
  // which of several, where it is one of them.
  void warn_of_losses(const std::string& model = "") const;
  const TextLosses& losses() const { return losses_; }

  // The raw log probability of each target given its source, eos included: that of a translation which reached eos and
  // whose text is cut into the pieces it was made of. In fp32 also where the model translates in bf16 or int8, whose
  // rounding moves log probabilities by hundredths. Sources are treated as above; 0 where both are blank. DataError,
  // with its number among all so far, for a target beyond the model's learned positions.
  std::vector<double> score(const std::vector<std::string>& sources, const std::vector<std::string>& targets);

  // What the model looks at while it writes each target from its source. Sources are treated as above, targets beyond
  // the model's learned positions cut; a blank pair has no layers. All of it is in memory, every head of every layer:
  // for a few lines.
  std::vector<SentenceAttention> attend(const std::vector<std::string>& sources,
                                        const std::vector<std::string>& targets);
  // The same for many: handed out line by line in no order, blank pairs left out, with no more than a batch in memory.
  using AttentionUse = std::function<void(size_t line, SentenceAttention&& attention)>;
  void attend_each(const std::vector<std::string>& sources, const std::vector<std::string>& targets,
                   const AttentionUse& use);

  // word_alignment of each pair; a batch's attention of one layer in memory.
  std::vector<WordAlignment> align(const std::vector<std::string>& sources, const std::vector<std::string>& targets,
                                   const AlignmentReading& reading = {});

 private:
  using Ids = LineEncoder::Ids;

  struct Pairs {
    std::vector<Ids> sources, targets;
    std::vector<std::vector<size_t>> batches;  // numbers of the pairs that are not blank
  };
  void require_positions(const std::vector<Ids>& targets) const;
  Pairs encode_pairs(const std::vector<std::string>& sources, const std::vector<std::string>& targets);
  Pass look(const std::vector<Ids>& sources, const std::vector<Ids>& targets, std::optional<AttentionPlace> only);
  void attend_layers(const std::vector<std::string>& sources, const std::vector<std::string>& targets,
                     std::optional<AttentionPlace> only, const AttentionUse& use);
  std::vector<LineWishes> wishes_of(const std::vector<Ids>& sources, const std::vector<TextWishes>& wishes) const;
  struct LinesOfBatch {
    std::vector<std::string> lines;
    std::vector<Ids> sources;
    std::vector<LineWishes> wishes;
  };
  std::vector<Translation> translate_batch(const LinesOfBatch& text);
  void replace_unknown(const std::vector<std::string>& lines, const std::vector<Ids>& sources,
                       std::vector<Translation>& translations);
  void count_losses(const Translation& translation, int64_t source_length);
  int64_t max_sentences(size_t lines) const;

  std::vector<EncoderDecoder> models_;
  EncoderDecoder model_;  // the first of them
  Tokenizers tokenizers_;
  DecodeConfig config_;
  LineEncoder encoder_;
  bool copies_words_;  // that are outside the vocabulary, by all models
  TextLosses losses_;
  WorkingPrecision precision_;
  FrozenWeights frozen_, precise_;  // the latter for scores, where translating is less precise
};

}  // namespace heed
