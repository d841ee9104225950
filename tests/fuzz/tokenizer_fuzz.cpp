// A sentencepiece model: refused, or text comes through it unharmed.
#include "fuzz/fuzz_input.h"
#include "text/tokenizer.h"

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  fuzz::accepts([&] {
    const Tokenizer tokenizer = Tokenizer::from_model(text, "tokenizer.model");
    for (const char* const line :
         {"", "a b", "The old man reads the book.", "\u00C4rger \u2468 \uFB01n \u3000\u30AB\u3099"}) {
      const std::vector<int32_t> ids = tokenizer.encode(line);
      for (const int32_t id : ids)
        fuzz::require(id >= 0 && id < tokenizer.vocabulary().size(), "ids are those of the vocabulary");
      tokenizer.decode(ids);
      tokenizer.cut(line);
    }
  });
  return 0;
}
