// vocabulary.json of a checkpoint.
#include "core/json_object.h"
#include "fuzz/fuzz_input.h"
#include "text/vocabulary.h"

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  fuzz::accepts([&] {
    const Vocabulary vocabulary = Vocabulary::from_json(JsonObject::parse(text, "vocabulary.json"));
    fuzz::require(Vocabulary::from_json(JsonObject::parse(vocabulary.to_json(), "again")) == vocabulary,
                  "an accepted vocabulary is read back as it is written");
  });
  return 0;
}
