#include "core/version.h"

namespace heed {

const char* const kVersion = HEED_VERSION;
const char* const kSentencepieceVersion = HEED_SENTENCEPIECE_VERSION;

}  // namespace heed
