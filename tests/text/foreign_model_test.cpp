// Models of strangers: whatever stands in a sentencepiece model, it is refused or does its work. Run in child
// processes, so that a crash of the library is a finding and not the end of the test.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "core/error.h"
#include "core/utf8.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"

namespace heed {
namespace {

constexpr int kMutations = 2000, kOfAChild = 50;
constexpr unsigned kSeconds = 120;  // for the mutations of one child; a hang is a finding, too

std::string model_of(TokenizerType type) {
  const TemporaryDirectory directory("foreign_model");
  TokenizerConfig config;
  config.type = type;
  config.normalization = Normalization::kNmtNfkc;
  config.vocab_size = 120;
  return make_tokenizers(config, {{directory.write("text", generated_lines(300, 1))}, {}}, 1).source->model_bytes();
}

// Where the trie and the replacements of the normalisation lie: in the longest run of bytes of such a model.
struct Blob {
  size_t begin = 0, size = 0;
};
Blob charsmap_of(const std::string& model) {
  const std::string name = "nmt_nfkc\x12";
  size_t at = model.find(name) + name.size();
  Blob blob;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(model[at++]);
    blob.size |= static_cast<size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  blob.begin = at;
  return blob;
}

// Characters that normalisation changes, combines or leaves, of every length in bytes.
std::vector<std::string> all_kinds_of_text() {
  std::string every;
  for (char32_t c = 1; c < 0x3400; c += 1 + c / 0x400) append_utf8(c, every);
  for (char32_t c = 0xF900; c < 0xFFFE; c += 3) append_utf8(c, every);
  for (char32_t c = 0x1D400; c < 0x1D800; c += 5) append_utf8(c, every);
  return {every, "ba ko\u0308 \uFF21\uFF22 \u00BD \u33A1 \u1100\u1161\u11A8", "x", std::string(300, 'a')};
}

// True where the model loads. Whatever it then answers is right, as long as there is an answer.
bool use(const std::string& model, const std::vector<std::string>& texts) {
  try {
    const Tokenizer tokenizer = Tokenizer::from_model(model, "x.model");
    for (const std::string& text : texts) {
      tokenizer.decode(tokenizer.encode(text));
      const std::string normalized = tokenizer.normalized(text.substr(0, 300));
      if (tokenizer.can_sample()) tokenizer.sample(normalized, 0.1, RandomStream(1));
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Runs mutations in children. Returns those of a child that died; `loaded` counts the models that were accepted.
std::vector<int> fatal_mutations(const std::function<std::string(RandomStream&)>& mutated, int& loaded) {
  const std::vector<std::string> texts = all_kinds_of_text();
  std::vector<int> fatal;
  for (int first = 0; first < kMutations; first += kOfAChild) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(kSeconds);
      int accepted = 0;
      for (int i = first; i < first + kOfAChild; ++i) {
        RandomStream random(random_key(static_cast<uint64_t>(i), Purpose::kToy));
        accepted += use(mutated(random), texts);
      }
      _exit(accepted);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
      loaded += WEXITSTATUS(status);
    } else {
      fatal.push_back(first);
    }
  }
  return fatal;
}

class ForeignModel : public testing::TestWithParam<TokenizerType> {
 protected:
  const std::string model_ = model_of(GetParam());
};

// One bit, or the whole byte.
void damage(char& byte, RandomStream& random) {
  byte = random.below(2) == 0 ? static_cast<char>(byte ^ (1 << random.below(8))) : static_cast<char>(random.below(256));
}

// Numbers in the trie: bits and bytes, more of them at its beginning, where every text passes.
TEST_P(ForeignModel, MutatedInItsNormalizerItIsRefusedOrWorks) {
  const Blob blob = charsmap_of(model_);
  ASSERT_GT(blob.size, 100'000u);
  const auto mutated = [&](RandomStream& random) {
    std::string model = model_;
    const size_t range = random.below(2) == 0 ? 2000 : blob.size;
    for (uint64_t n = 1 + random.below(8); n > 0; --n) {
      damage(model[blob.begin + random.below(range)], random);
    }
    return model;
  };
  int loaded = 0;
  EXPECT_EQ(fatal_mutations(mutated, loaded), std::vector<int>{});
  EXPECT_GT(loaded, 20);
  EXPECT_LT(loaded, kMutations - 200);
}

TEST_P(ForeignModel, MutatedAnywhereElseItIsRefusedOrWorks) {
  const Blob blob = charsmap_of(model_);
  const auto mutated = [&](RandomStream& random) {
    std::string model = model_;
    for (uint64_t n = 1 + random.below(4); n > 0; --n) {
      const uint64_t at = random.below(model.size() - blob.size);
      damage(model[at < blob.begin ? at : at + blob.size], random);
    }
    return model;
  };
  int loaded = 0;
  EXPECT_EQ(fatal_mutations(mutated, loaded), std::vector<int>{});
  EXPECT_GT(loaded, 20);
  EXPECT_LT(loaded, kMutations - 200);
}

INSTANTIATE_TEST_SUITE_P(Types, ForeignModel,
                         testing::Values(TokenizerType::kBpe, TokenizerType::kUnigram, TokenizerType::kChar),
                         [](const auto& type) { return std::string(name_of(type.param)); });

}  // namespace
}  // namespace heed
