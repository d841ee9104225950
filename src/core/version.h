#pragma once

namespace heed {

extern const char* const kVersion;               // of Heed, as CMakeLists.txt says
extern const char* const kSentencepieceVersion;  // that it was built with; "unknown" where pkg-config does not know

}  // namespace heed
