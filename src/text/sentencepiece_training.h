#pragma once

#include <string>

#include "config/tokenizer_config.h"
#include "text/training_lines.h"

namespace heed {

// A sentencepiece model trained on the lines of `sides`, as its bytes. `text` names them in messages: "the source
// text".
//   - Lines longer than the 4,192 bytes that sentencepiece reads are handed to it in parts, cut at spaces. U+2585,
//   which
//     it reserves, is read as a space, and the lines that hold it are counted in the log. Blank lines are no text.
//   - normalization identity is sentencepiece's, but for tabs, which are spaces: it has no pieces for them.
//   - Work (core/work.h): the lines read, then the training. The library cannot be interrupted; it works in a thread of
//     its own, which is left behind where this process was asked to end (Interrupted).
// Throws what fail_training throws; DataError where there is no text; what reading throws.
std::string train_sentencepiece(const TokenizerConfig& config, TrainingSides sides, const std::string& text);

}  // namespace heed
